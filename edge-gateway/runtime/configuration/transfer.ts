/** Fetches a configuration part by part, asking again for what does not come; one at a time, the newest announced wins. */
import { type ConfigDownMessage, unpackConfiguration } from '../../../layers/station/messages.ts';
import type { Clock } from '../clock.ts';

export interface Transfer {
  announce(message: Extract<ConfigDownMessage, { type: 'announce' }>): void;
  part(message: Extract<ConfigDownMessage, { type: 'part' }>): void;
  cancel(): void;
}

export interface TransferOptions {
  clock: Clock;
  ask: (version: number, part: number) => void;
  done: (version: number, document: unknown) => void;
  failed: (version: number, reason: string) => void;
}

const patienceMs = 20_000;
const maxAttempts = 5;

export function createTransfer({ clock, ask, done, failed }: TransferOptions): Transfer {
  let under: { version: number; sha256: string; parts: (Buffer | undefined)[]; attempts: number } | undefined;
  let timer: { cancel(): void } | undefined;
  const cancel = (): void => {
    timer?.cancel();
    under = undefined;
  };
  /** The next part that is missing; asked again after a while. */
  const next = (): void => {
    timer?.cancel();
    if (!under) return;
    const missing = under.parts.indexOf(undefined);
    if (missing < 0) finish();
    else if (under.attempts++ < maxAttempts) {
      ask(under.version, missing + 1);
      timer = clock.setTimer(next, patienceMs);
    } else {
      const { version } = under;
      cancel();
      failed(version, `part ${missing + 1} did not come after ${maxAttempts} requests`);
    }
  };
  const finish = (): void => {
    const { version, sha256, parts } = under!;
    cancel();
    try {
      done(version, unpackConfiguration(Buffer.concat(parts as Buffer[]), sha256));
    } catch (error) {
      failed(version, (error as Error).message);
    }
  };
  return {
    announce({ version, sha256, parts }) {
      if (under && under.version >= version && under.sha256 === sha256) return;
      if (under && under.version > version) return;
      under = { version, sha256, parts: Array.from({ length: parts }, () => undefined), attempts: 0 };
      next();
    },
    part({ version, part, data }) {
      if (under?.version !== version || part > under.parts.length || under.parts[part - 1]) return;
      under.parts[part - 1] = Buffer.from(data, 'base64');
      under.attempts = 0;
      next();
    },
    cancel,
  };
}
