/**
 * Conversations with a reference implementation, as octets: recorded once against the real thing, replayed ever after by
 * a peer that says what the reference said and insists on hearing from us what the reference heard.
 */
import type { ByteChannel } from '../../transport/byte-channel.ts';
import { type Clock, systemClock } from '../clock.ts';
import { memoryLine } from '../testing/memory-line.ts';

/** Master to outstation, outstation to master, or something done to the reference in between. */
export type Step = ['>' | '<', hex: string] | ['!', stimulus: string];

export interface Recording {
  scenario: string;
  /** Which reference, which version, set how. */
  provenance: string;
  steps: Step[];
  /** What the reference master printed; outstation scenarios only. */
  masterSaid?: string[];
}

/** The same instant in every run, so that octets with times in them are the same too. */
export const scenarioStartMs = Date.UTC(2026, 0, 1);
export const scenarioClock: Clock = { ...systemClock, now: () => scenarioStartMs };

/** Lets a line pass and notes what goes over it. `own` is the side we are on. */
export function recorded(channel: ByteChannel, own: '>' | '<', steps: Step[]): ByteChannel {
  const other = own === '>' ? '<' : '>';
  return {
    get isOpen() {
      return channel.isOpen;
    },
    name: channel.name,
    write(bytes) {
      steps.push([own, Buffer.from(bytes).toString('hex')]);
      return channel.write(bytes);
    },
    onData: (listener) =>
      channel.onData((chunk) => {
        steps.push([other, chunk.toString('hex')]);
        listener(chunk);
      }),
    onClose: (listener) => channel.onClose(listener),
    close: () => channel.close(),
  };
}

export interface ReplayingPeer {
  /** Our end of the line. */
  channel: ByteChannel;
  /** Stands for what was done to the reference. */
  stimulate(stimulus: string): Promise<void>;
  /** Resolves when the whole recording was played; rejects where we differ from it. */
  readonly done: Promise<void>;
}

const patienceMs = 2_500;

/** Plays the other side of a recording. `onStimulus` runs what was done to our side. */
export function replay(
  recording: Recording,
  own: '>' | '<',
  onStimulus?: (stimulus: string) => void | Promise<void>,
): ReplayingPeer {
  const [ours, theirs] = memoryLine();
  let heard = Buffer.alloc(0);
  const stimuli: string[] = [];
  let wake: (() => void) | undefined;
  theirs.onData((chunk) => {
    heard = Buffer.concat([heard, chunk]);
    wake?.();
  });
  const until = async (isThere: () => boolean, what: () => string): Promise<void> => {
    const deadline = performance.now() + patienceMs;
    while (!isThere()) {
      if (performance.now() > deadline) throw new Error(`${recording.scenario}: ${what()}`);
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, 2);
      });
    }
  };
  const play = async (): Promise<void> => {
    for (const [at, [kind, content]] of recording.steps.entries()) {
      if (kind === '!') {
        if (onStimulus) await onStimulus(content);
        else
          await until(
            () => stimuli[0] === content,
            () => `step ${at}: nobody asked for "${content}"`,
          );
        stimuli.shift();
      } else if (kind === own) {
        const expected = Buffer.from(content, 'hex');
        await until(
          () => heard.length >= expected.length,
          () => `step ${at}: waiting for ${content}, heard ${heard.toString('hex')}`,
        );
        const actual = heard.subarray(0, expected.length);
        if (!actual.equals(expected))
          throw new Error(`${recording.scenario}, step ${at}: expected ${content}, heard ${actual.toString('hex')}`);
        heard = heard.subarray(expected.length);
      } else await theirs.write(Buffer.from(content, 'hex'));
    }
    if (heard.length > 0)
      throw new Error(`${recording.scenario}: more was said than recorded: ${heard.toString('hex')}`);
  };
  const done = Promise.resolve().then(play);
  done.catch(() => {});
  return {
    channel: ours,
    done,
    async stimulate(stimulus) {
      stimuli.push(stimulus);
      wake?.();
      await Promise.race([
        until(
          () => !stimuli.includes(stimulus),
          () => `"${stimulus}" was never taken`,
        ),
        done,
      ]);
    },
  };
}
