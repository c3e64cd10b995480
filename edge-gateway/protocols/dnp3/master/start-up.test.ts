/** The first conversation, end to end: start-up, integrity poll, events, restart, time. */
import { describe, expect, it } from 'vitest';
import type { PointDefinition } from '../outstation/database.ts';
import { eventsOf, stationPair } from '../testing/station-pair.ts';

const points: PointDefinition[] = [
  { kind: 'binary_input', index: 0, eventClass: 1, value: true, flags: 1 },
  { kind: 'double_bit_input', index: 4, eventClass: 1, value: 2, flags: 1 },
  { kind: 'analog_input', index: 2, eventClass: 2, value: 12.5, flags: 1 },
  { kind: 'counter', index: 300, eventClass: 3, value: 4_000_000_000, flags: 1 },
  { kind: 'octet_string', index: 1, value: Buffer.from('bay 7') },
];

describe('a master that starts', () => {
  it('silences, clears the restart, reads everything and lets the outstation speak', async () => {
    const pair = stationPair({ points });
    pair.channel.start();
    await pair.clock.turn(1000);
    expect(pair.states).toEqual(['connecting', 'online']);
    expect(pair.measurements.map(({ kind, index, value }) => [kind, index, value])).toEqual([
      ['binary_input', 0, true],
      ['double_bit_input', 4, 2],
      ['counter', 300, 4_000_000_000],
      ['analog_input', 2, 12.5],
      ['octet_string', 1, Buffer.from('bay 7')],
    ]);
    expect(pair.indications.at(-1)).toEqual([]);
    pair.outstation.update('binary_input', 0, false);
    await pair.clock.turn(1000);
    expect(eventsOf(pair.measurements)).toEqual([`binary_input 0 false @${Date.UTC(2026, 0, 1) + 1000}`]);
    expect(pair.outstation.statistics.eventsBuffered).toBe(0);
    expect(pair.problems).toEqual([]);
    await pair.channel.stop();
  });

  it('comes back after a cut line and reads everything again', async () => {
    const pair = stationPair({ points });
    pair.channel.start();
    await pair.clock.turn(1000);
    pair.cut();
    await pair.clock.turn(5000);
    expect(pair.states).toEqual(['connecting', 'online', 'offline', 'connecting', 'online']);
    expect(pair.measurements).toHaveLength(10);
    await pair.channel.stop();
  });

  it('notices a restart, reads everything, sets the clock and lets the outstation speak again', async () => {
    const pair = stationPair({ points, outstation: { needsTime: true } });
    pair.channel.start();
    await pair.clock.turn(1000);
    pair.measurements.length = 0;
    pair.outstation.restarted();
    await pair.clock.turn(1000);
    expect(pair.measurements).toHaveLength(5);
    expect(pair.indications.at(-1)).toEqual([]);
    pair.outstation.update('analog_input', 2, 13);
    await pair.clock.turn(10);
    expect(eventsOf(pair.measurements)).toHaveLength(1);
    await pair.channel.stop();
  });
});
