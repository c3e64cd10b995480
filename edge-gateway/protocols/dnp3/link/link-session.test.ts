/** The data link between two stations: confirmations, lost and repeated frames, addresses, keep-alive. */
import { describe, expect, it } from 'vitest';
import { type MemoryChannel, memoryLine } from '../testing/memory-line.ts';
import { TurnedClock } from '../testing/turned-clock.ts';
import { encodeFrame, type LinkFrame } from './frame.ts';
import { FrameParser } from './frame-parser.ts';
import { LinkLine } from './link-line.ts';
import { LinkSession, type LinkSettings } from './link-session.ts';

interface Stage {
  clock: TurnedClock;
  session: LinkSession;
  peer: MemoryChannel;
  heard: LinkFrame[];
  segments: string[];
  silences: number;
  say(frame: Partial<LinkFrame> & { functionCode: number }): Promise<void>;
}

async function stage(settings: Partial<LinkSettings> = {}): Promise<Stage> {
  const clock = new TurnedClock();
  const [own, peer] = memoryLine();
  const result: Stage = {
    clock,
    peer,
    heard: [],
    segments: [],
    silences: 0,
    session: undefined as unknown as LinkSession,
    async say(frame) {
      const isMaster = settings.isMaster ?? true;
      const base = { fromMaster: !isMaster, isPrimary: true, destination: 1, source: 10 };
      await peer.write(encodeFrame({ ...base, ...frame }));
      await clock.settle();
    },
  };
  const parser = new FrameParser();
  peer.onData((chunk) => parser.push(chunk, (frame) => result.heard.push(frame)));
  const addresses = { localAddress: 1, remoteAddress: 10, isMaster: true, keepAliveMs: 0 };
  result.session = new LinkSession(
    new LinkLine(own),
    clock,
    { ...addresses, ...settings },
    {
      segment: (octets, broadcast) =>
        void result.segments.push(octets.toString() + (broadcast ? `@${broadcast.toString(16)}` : '')),
      silent: () => {
        result.silences += 1;
      },
    },
  );
  return result;
}

const functions = ({ heard }: Stage): number[] => heard.map(({ functionCode }) => functionCode);
const ack = { isPrimary: false, functionCode: 0 };

describe('sending with link confirmation', () => {
  it('resets the link, then toggles the count bit with every frame', async () => {
    const s = await stage({ confirmsUserData: true });
    const sent = s.session.send([Buffer.from('a'), Buffer.from('b')]);
    await s.clock.settle();
    for (let answers = 0; answers < 3; answers += 1) await s.say(ack);
    await sent;
    expect(s.heard.map(({ functionCode, frameCountBit }) => [functionCode, frameCountBit])).toEqual([
      [0, false],
      [3, true],
      [3, false],
    ]);
  });

  it('repeats a frame with the same bit when no confirmation comes, and gives up in the end', async () => {
    const s = await stage({ confirmsUserData: true });
    const sent = s.session.send([Buffer.from('a')]);
    const failed = expect(sent).rejects.toMatchObject({ code: 'timeout' });
    await s.clock.settle();
    await s.say(ack);
    await s.clock.turn(3_000);
    await failed;
    expect(s.heard.slice(1).map(({ frameCountBit }) => frameCountBit)).toEqual([true, true, true]);
    const again = s.session.send([Buffer.from('b')]).catch(() => {});
    await s.clock.settle();
    expect(functions(s).at(-1)).toBe(0);
    await s.clock.turn(10_000);
    await again;
  });

  it('resets again after a NACK', async () => {
    const s = await stage({ confirmsUserData: true });
    const sent = s.session.send([Buffer.from('a')]);
    await s.clock.settle();
    await s.say(ack);
    await s.say({ isPrimary: false, functionCode: 1 });
    await s.say(ack);
    await s.say(ack);
    await sent;
    expect(functions(s)).toEqual([0, 3, 0, 3]);
  });

  it('does not repeat what expired meanwhile, nor send what expired before', async () => {
    const s = await stage({ confirmsUserData: true });
    let isWanted = true;
    const first = s.session.send([Buffer.from('a')], { mayLeave: () => isWanted });
    const ended = expect(first).rejects.toMatchObject({ code: 'timeout' });
    await s.clock.settle();
    await s.say(ack);
    isWanted = false;
    await s.clock.turn(5_000);
    await ended;
    const before = s.heard.filter(({ functionCode }) => functionCode === 3).length;
    const second = s.session.send([Buffer.from('b')], { mayLeave: () => isWanted });
    const unsent = expect(second).rejects.toMatchObject({ code: 'expired' });
    await s.clock.settle();
    await s.say(ack);
    await unsent;
    expect(before).toBe(1);
    expect(s.heard.filter(({ functionCode }) => functionCode === 3)).toHaveLength(1);
  });
});

describe('receiving', () => {
  const data = (text: string, frameCountBit: boolean) => ({
    functionCode: 3,
    frameCountBit,
    frameCountValid: true,
    userData: Buffer.from(text),
  });

  it('confirms a repeated frame but delivers it once', async () => {
    const s = await stage();
    await s.say({ functionCode: 0 });
    for (const frame of [data('a', true), data('a', true), data('b', false)]) await s.say(frame);
    expect(s.segments).toEqual(['a', 'b']);
    expect(functions(s)).toEqual([0, 0, 0, 0]);
  });

  it('asks for a reset before the first confirmed frame', async () => {
    const s = await stage();
    await s.say(data('a', true));
    expect(s.segments).toEqual([]);
    expect(functions(s)).toEqual([1]);
  });

  it('tells its status, and what it does not know', async () => {
    const s = await stage();
    await s.say({ functionCode: 9 });
    await s.say({ functionCode: 7 });
    expect(functions(s)).toEqual([11, 15]);
  });

  it('hears only its own addresses, from its own partner, in the right direction', async () => {
    const s = await stage();
    const userData = Buffer.from('x');
    await s.say({ functionCode: 4, userData, destination: 2 });
    await s.say({ functionCode: 4, userData, source: 11 });
    await s.say({ functionCode: 4, userData, fromMaster: true });
    expect(s.segments).toEqual([]);
    await s.say({ functionCode: 4, userData });
    expect(s.segments).toEqual(['x']);
  });

  it('takes broadcasts as an outstation, without a word, and its self-address if it may', async () => {
    const s = await stage({ isMaster: false, acceptsSelfAddress: true });
    const userData = Buffer.from('x');
    for (const destination of [0xffff, 0xfffe, 0xfffd]) await s.say({ functionCode: 4, userData, destination });
    await s.say({ functionCode: 4, userData, destination: 0xfffc });
    await s.say({ functionCode: 9, destination: 0xffff });
    expect(s.segments).toEqual(['x@ffff', 'x@fffe', 'x@fffd', 'x']);
    expect(s.heard).toEqual([]);
  });
});

describe('keep-alive', () => {
  it('asks after a silence and tells when nobody is there', async () => {
    const s = await stage({ keepAliveMs: 10_000 });
    await s.clock.turn(10_000);
    expect(functions(s)).toEqual([9]);
    await s.say({ isPrimary: false, functionCode: 11 });
    expect(s.silences).toBe(0);
    await s.clock.turn(11_000);
    expect(s.silences).toBe(1);
  });
});
