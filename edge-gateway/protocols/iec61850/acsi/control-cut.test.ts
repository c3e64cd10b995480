/** The line is cut at every message of a command, in every model: what is told always agrees with what the process did. */
import { afterEach, describe, expect, it } from 'vitest';
import { type ByteChannel, openChannel } from '../../transport/byte-channel.ts';
import { device, type Station, startStation } from '../testing/station.ts';
import { Iec61850Client } from './client.ts';

let station: Station;
afterEach(() => station.close());

type Cut = 'before-write' | 'after-write' | 'before-answer';

/** Closes the line at the given message, counted from when it was armed. */
function cuttable(channel: ByteChannel) {
  let left = Number.POSITIVE_INFINITY;
  let how: Cut = 'before-write';
  const isNow = (at: Cut): boolean => how === at && --left < 0;
  const cut: ByteChannel = {
    get name() {
      return channel.name;
    },
    get isOpen() {
      return channel.isOpen;
    },
    async write(bytes) {
      if (isNow('before-write')) channel.close();
      await channel.write(bytes);
      if (isNow('after-write')) channel.close();
    },
    onData: (listener) =>
      channel.onData((chunk) => {
        if (isNow('before-answer')) channel.close();
        else listener(chunk);
      }),
    onClose: (listener) => channel.onClose(listener),
    close: () => channel.close(),
  };
  return {
    cut,
    arm: (kind: Cut, message: number): void => {
      how = kind;
      left = message;
    },
  };
}

const names = ['SPCSO1', 'SPCSO2', 'SPCSO3', 'SPCSO4'];
const cuts: Cut[] = ['before-write', 'after-write', 'before-answer'];

describe.each(names)('%s', (name) => {
  it.each(cuts)('cut %s', async (kind) => {
    let operated = 0;
    station = await startStation({ controls: { operate: () => void operated++ } });
    const seen = new Set<string>();
    for (let message = 0; message < 4; message++) {
      operated = 0;
      const line = cuttable(await openChannel({ kind: 'tcp', host: '127.0.0.1', port: station.port }));
      const client = await Iec61850Client.connect(line.cut, {}, station.clock);
      const control = await client.control(`${device}/GGIO1.${name}`);
      line.arm(kind, message);
      const { status } = await control.execute({ value: true });
      client.abort();
      // The server may still be at what it took before the cut.
      await expect.poll(() => station.server.associations).toBe(0);
      await new Promise((resolve) => setImmediate(resolve));
      seen.add(status);
      if (status === 'executed') expect(operated).toBe(1);
      else if (status === 'unknown') expect(operated).toBeLessThanOrEqual(1);
      else expect(operated).toBe(0);
    }
    // The last messages come after the end of the command: without a cut it is done.
    expect(seen).toContain('executed');
    expect(seen.size).toBeGreaterThan(1);
  });
});
