/** Bad lines: whatever is cut, repeated, delayed or reset, every event arrives once, in order, with its own time. */
import { describe, expect, it } from 'vitest';
import type { PointDefinition } from '../outstation/database.ts';
import { memoryLine } from '../testing/memory-line.ts';
import { eventsOf, type StationPair, stationPair } from '../testing/station-pair.ts';

const points: PointDefinition[] = [
  { kind: 'binary_input', index: 0, eventClass: 1, flags: 1 },
  { kind: 'analog_input', index: 0, eventClass: 2, flags: 1 },
];

/** Small, seeded: the same faults in every run. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

/** Events that number themselves, so that order and loss show. */
function happen(pair: StationPair, from: number, count: number): string[] {
  return Array.from({ length: count }, (_, n) => {
    const timeMs = 1_700_000_000_000 + from + n;
    pair.outstation.update('analog_input', 0, from + n, { timeMs });
    return `analog_input 0 ${from + n} @${timeMs}`;
  });
}

const patient = { responseTimeoutMs: 2_000, startUpRetryMs: 500, readRetries: 3 };

describe('events over a line', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('that loses and repeats frames (dice %i)', async (seed) => {
    const roll = dice(seed);
    let isFaulty = false;
    const faults = {
      deliver(chunk: Buffer): Buffer[] {
        const face = isFaulty ? roll() : 1;
        if (face < 0.15) return [];
        if (face < 0.3) return [chunk, chunk];
        if (face < 0.4) return [chunk.subarray(0, chunk.length >> 1)];
        return [chunk];
      },
    };
    const pair = stationPair({
      points,
      master: { ...patient, polls: [{ read: [{ group: 60, variation: 3 }], periodMs: 3_000 }] },
      outstation: { confirmTimeoutMs: 1_000, unsolicitedPauseMs: 2_000 },
      fromMaster: faults,
      fromOutstation: faults,
    });
    pair.channel.start();
    await pair.clock.turn(2_000);
    const expected: string[] = [];
    isFaulty = true;
    for (let burst = 0; burst < 20; burst += 1) {
      expected.push(...happen(pair, burst * 5 + 1, 5));
      await pair.clock.turn(700);
    }
    isFaulty = false;
    await pair.clock.turn(120_000);
    expect(eventsOf(pair.measurements)).toEqual(expected);
    expect(pair.outstation.statistics).toMatchObject({ eventsBuffered: 0, eventsLost: 0 });
    await pair.channel.stop();
  });

  it.each([1, 2, 3, 4])('that is cut in the middle of frames (dice %i)', async (seed) => {
    const roll = dice(seed);
    let isFaulty = false;
    const faults = {
      deliver(chunk: Buffer): Buffer[] {
        if (!isFaulty || roll() > 0.2) return [chunk];
        queueMicrotask(() => queueMicrotask(() => pair.cut()));
        return [chunk.subarray(0, Math.floor(chunk.length * roll()))];
      },
    };
    const pair: StationPair = stationPair({ points, master: patient, fromMaster: faults, fromOutstation: faults });
    pair.channel.start();
    await pair.clock.turn(2_000);
    const expected: string[] = [];
    isFaulty = true;
    for (let burst = 0; burst < 20; burst += 1) {
      expected.push(...happen(pair, burst * 3 + 1, 3));
      await pair.clock.turn(1_500);
    }
    isFaulty = false;
    await pair.clock.turn(120_000);
    expect(eventsOf(pair.measurements)).toEqual(expected);
    expect(pair.states.filter((state) => state === 'offline').length).toBeGreaterThan(1);
    await pair.channel.stop();
  });

  it('whose confirmation got lost with the line are told again and left out, also without times of their own', async () => {
    let isDeaf = false;
    const pair = stationPair({
      points: [{ kind: 'binary_input', index: 0, eventClass: 1, flags: 1, eventVariation: 1 }],
      master: patient,
      fromMaster: { deliver: (chunk) => (isDeaf ? [] : [chunk]) },
    });
    pair.channel.start();
    await pair.clock.turn(1_000);
    isDeaf = true;
    pair.outstation.update('binary_input', 0, true);
    await pair.clock.turn(100);
    expect(eventsOf(pair.measurements)).toHaveLength(1);
    pair.cut();
    isDeaf = false;
    await pair.clock.turn(10_000);
    expect(eventsOf(pair.measurements)).toHaveLength(1);
    expect(pair.outstation.statistics.eventsBuffered).toBe(0);
    expect(pair.station.statistics.duplicateEvents).toBe(1);
    await pair.channel.stop();
  });

  it('are not confirmed while nobody takes them, and none is lost', async () => {
    let isFull = true;
    const pair = stationPair({
      points,
      master: { ...patient, integrityClasses: [] },
      outstation: { confirmTimeoutMs: 1_000 },
      onMeasurements: () => {
        if (isFull) throw new Error('the disk is full');
      },
    });
    pair.channel.start();
    await pair.clock.turn(1_000);
    const expected = happen(pair, 1, 3);
    await pair.clock.turn(3_000);
    expect(pair.measurements).toEqual([]);
    expect(pair.outstation.statistics.eventsBuffered).toBe(3);
    isFull = false;
    await pair.clock.turn(60_000);
    expect(eventsOf(pair.measurements)).toEqual(expected);
    await pair.channel.stop();
  });

  it('survive a reset of the device in between', async () => {
    const pair = stationPair({ points, master: patient });
    pair.channel.start();
    await pair.clock.turn(1_000);
    const expected = happen(pair, 1, 2);
    await pair.clock.turn(100);
    pair.outstation.restarted();
    expected.push(...happen(pair, 3, 2));
    await pair.clock.turn(60_000);
    expected.push(...happen(pair, 5, 2));
    await pair.clock.turn(10_000);
    expect(eventsOf(pair.measurements)).toEqual(expected);
    await pair.channel.stop();
  });
});

describe('answers that come too late', () => {
  it('are not taken for answers to something else', async () => {
    const held: Buffer[] = [];
    let isSlow = false;
    const pair = stationPair({
      points,
      master: { ...patient, readRetries: 0, unsolicitedClasses: [], offlineAfterTimeouts: 100 },
      outstation: { sendsUnsolicited: false },
      fromOutstation: {
        deliver(chunk) {
          if (!isSlow) return [...held.splice(0), chunk];
          held.push(chunk);
          return [];
        },
      },
    });
    pair.channel.start();
    await pair.clock.turn(1_000);
    pair.measurements.length = 0;
    isSlow = true;
    const slow = pair.station.eventPoll().catch((error: Error) => error.message);
    happen(pair, 1, 1);
    await pair.clock.turn(3_000);
    expect(await slow).toMatch(/No answer to read/);
    isSlow = false;
    const next = pair.station.eventPoll();
    await pair.clock.settle();
    await next;
    expect(pair.station.statistics.unexpectedResponses).toBe(1);
    expect(eventsOf(pair.measurements)).toHaveLength(1);
    await pair.channel.stop();
  });
});

describe('an outstation that does not answer', () => {
  it('is offline after a few time-outs, is asked ever more seldom, and comes back', async () => {
    let isDead = false;
    const pair = stationPair({
      points,
      master: { responseTimeoutMs: 1_000, polls: [{ read: [{ group: 60, variation: 2 }], periodMs: 5_000 }] },
      fromOutstation: { deliver: (chunk) => (isDead ? [] : [chunk]) },
    });
    pair.channel.start();
    await pair.clock.turn(6_000);
    isDead = true;
    await pair.clock.turn(20_000);
    expect(pair.states.at(-1)).toBe('offline');
    const asked = pair.station.statistics.requests;
    await pair.clock.turn(600_000);
    expect(pair.station.statistics.requests - asked).toBeLessThan(20);
    isDead = false;
    await pair.clock.turn(70_000);
    expect(pair.states.at(-1)).toBe('online');
    await pair.channel.stop();
  });
});

it('a line in memory is cut for both ends', async () => {
  const [left, right] = memoryLine();
  const closed = new Promise((resolve) => right.onClose(resolve));
  left.close();
  await closed;
  await expect(right.write(Buffer.of(1))).rejects.toThrow(/closed/);
});
