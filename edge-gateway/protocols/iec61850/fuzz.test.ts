/** A part of the fuzzing in every test run, and a server that is attacked on open associations. */
import { expect, it } from 'vitest';
import type { ByteChannel } from '../transport/byte-channel.ts';
import { Iec61850Client } from './acsi/client.ts';
import { corpus, fuzz } from './fuzz.ts';
import { Iec61850Server } from './server/server.ts';
import { mutate, seeded } from './testing/mutations.ts';
import { stationModel } from './testing/station-model.ts';
import { tpkt } from './tpkt.ts';

it('a hundred thousand mutated frames are understood or refused, never more', () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const result = fuzz(100_000, seed);
  expect(result.understood + result.refused).toBe(100_000);
  // Most damage is seen; some falls where any value is a value.
  expect(result.refused).toBeGreaterThan(20_000);
  expect(result.slowestMs).toBeLessThan(1_000);
});

/** Both ends of a line in memory. */
function pair(): [ByteChannel, ByteChannel] {
  const ends = [0, 1].map(() => ({
    data: undefined as ((chunk: Buffer) => void) | undefined,
    closed: undefined as ((error: Error | undefined) => void) | undefined,
  }));
  let isOpen = true;
  return [0, 1].map((own): ByteChannel => {
    const [here, there] = [ends[own]!, ends[1 - own]!];
    return {
      name: 'memory',
      get isOpen() {
        return isOpen;
      },
      write: async (bytes) => {
        if (isOpen) setImmediate(() => isOpen && there.data?.(Buffer.from(bytes)));
      },
      onData: (listener) => {
        here.data = listener;
      },
      onClose: (listener) => {
        here.closed = listener;
      },
      close: () => {
        if (!isOpen) return;
        isOpen = false;
        for (const { closed } of ends) setImmediate(() => closed?.(undefined));
      },
    };
  }) as [ByteChannel, ByteChannel];
}

it('a server attacked on open associations goes on serving, and keeps none of the dead', async () => {
  const random = seeded(7);
  const tpdus = corpus();
  const pick = () => tpdus[Math.floor(random() * tpdus.length)]!;
  const server = new Iec61850Server(stationModel, { maxAssociations: 3 });
  for (let round = 0; round < 300; round++) {
    const [near, far] = pair();
    void server.accept(far);
    const client = await Iec61850Client.connect(near);
    for (let count = 0; count < 20 && near.isOpen; count++) {
      await near.write(tpkt(mutate(pick(), random, pick()).subarray(0, 60_000)));
      await new Promise((resolve) => setImmediate(resolve));
    }
    client.abort();
    near.close();
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    expect(server.associations).toBe(0);
  }
  const [near, far] = pair();
  void server.accept(far);
  const client = await Iec61850Client.connect(near);
  expect((await client.discover()).devices.length).toBe(2);
  client.abort();
});
