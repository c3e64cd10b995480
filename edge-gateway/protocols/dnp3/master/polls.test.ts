/** Reads on schedules, long reads, and reads that fail. */
import { expect, it } from 'vitest';
import { stationPair } from '../testing/station-pair.ts';
import { pointRange } from './settings.ts';

const points = Array.from({ length: 1_000 }, (_, index) => ({
  kind: 'analog_input' as const,
  index,
  value: index,
  flags: 1,
}));

it('a poll comes once each period and does not pile up behind a slow line', async () => {
  let isSlow = false;
  const pair = stationPair({
    points: points.slice(0, 1),
    master: {
      unsolicitedClasses: [],
      responseTimeoutMs: 3_500,
      readRetries: 0,
      offlineAfterTimeouts: 100,
      polls: [{ name: 'level', read: [pointRange(30, 0, 0, 0)], periodMs: 1_000 }],
    },
    fromOutstation: { deliver: (chunk) => (isSlow ? [] : [chunk]) },
  });
  pair.channel.start();
  await pair.clock.turn(100);
  pair.measurements.length = 0;
  await pair.clock.turn(10_000);
  expect(pair.measurements).toHaveLength(10);
  isSlow = true;
  const before = pair.station.statistics.requests;
  await pair.clock.turn(10_000);
  expect(pair.station.statistics.requests - before).toBeLessThanOrEqual(3);
  expect(pair.problems.at(-1)).toMatch(/^level: No answer to read/);
  await pair.channel.stop();
});

it('a read of more headers than fit a request goes as several', async () => {
  const pair = stationPair({ points, master: { unsolicitedClasses: [], maxSentOctets: 300 } });
  pair.channel.start();
  await pair.clock.turn(100);
  pair.measurements.length = 0;
  const read = pair.station.read(
    points.filter((_, at) => at % 2 === 0).map(({ index }) => pointRange(30, 0, index, index)),
  );
  await pair.clock.turn(1_000);
  await read;
  expect(pair.measurements.map(({ index }) => index)).toEqual(Array.from({ length: 500 }, (_, at) => at * 2));
  await pair.channel.stop();
});

it('dead-bands are written and read back', async () => {
  const pair = stationPair({ points: points.slice(0, 3), master: { unsolicitedClasses: [] } });
  pair.channel.start();
  await pair.clock.turn(100);
  const written = pair.station.writeDeadBands(3, [{ index: 1, value: 2.5 }]);
  const read = pair.station.readDeadBands();
  await pair.clock.settle();
  await written;
  expect(await read).toEqual([
    { index: 0, value: 0 },
    { index: 1, value: 2.5 },
    { index: 2, value: 0 },
  ]);
  expect(pair.outstation.pointSettings('analog_input', 1)).toEqual({ eventClass: 0, deadBand: 2.5 });
  await pair.channel.stop();
});

it('a poll that the outstation refuses is told, and does not stop the others', async () => {
  const pair = stationPair({
    points: points.slice(0, 1),
    master: {
      unsolicitedClasses: [],
      polls: [
        { name: 'nonsense', read: [{ group: 99, variation: 1 }], periodMs: 1_000 },
        { read: [pointRange(30, 0, 0, 0)], periodMs: 1_000 },
      ],
    },
  });
  pair.channel.start();
  await pair.clock.turn(100);
  pair.measurements.length = 0;
  await pair.clock.turn(3_000);
  expect(pair.measurements).toHaveLength(3);
  expect(pair.problems).toContain('nonsense: The outstation answered the read with objectUnknown.');
  await pair.channel.stop();
});

it('a channel that is stopped while a poll hangs ends at once, and can be started again', async () => {
  let isHanging = false;
  let release: () => void = () => {};
  const pair = stationPair({
    points: points.slice(0, 1),
    onMeasurements: () =>
      isHanging
        ? new Promise<void>((resolve) => {
            release = resolve;
          })
        : undefined,
  });
  pair.channel.start();
  await pair.clock.turn(100);
  isHanging = true;
  const hanging = pair.station.integrityPoll().catch((error: Error) => error.message);
  await pair.clock.settle();
  await pair.channel.stop();
  expect(await hanging).toMatch(/stopped/);
  isHanging = false;
  release();
  pair.channel.start();
  await pair.clock.turn(10_000);
  expect(pair.states.at(-1)).toBe('online');
  await pair.channel.stop();
});
