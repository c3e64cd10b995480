import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RegisterPoint } from './advance.ts';
import { type Circumstances, checkReading } from './check-reading.ts';
import type { MeterState } from './meter-state.ts';
import type { ReportedReading } from './reading-message.ts';
import { countReadings, quarterMs, testSegment, testStart, testState } from './test-support/simulated-meter.ts';

const received: Circumstances = { receivedMs: testStart + 400 * 86_400_000, stationId: 'ST-1' };
const at = (hours: number, kwh: number, more: Partial<ReportedReading> = {}): ReportedReading => ({
  meterId: 'M-1',
  timeMs: testStart + hours * 3_600_000,
  register: Math.round(kwh * 1_000_000),
  ...more,
});
const asReading = ({ time, register }: RegisterPoint): ReportedReading => ({ meterId: 'M-1', timeMs: time, register });
const known = (hours: number, kwh: number) => ({ time: at(hours, kwh).timeMs, register: at(hours, kwh).register });
const reasonOf = (reading: ReportedReading, state: MeterState = testState(), by = received) =>
  checkReading(reading, state, by)?.reason;

describe('checking a reading', () => {
  it('accepts a plausible one', () => {
    expect(
      reasonOf(at(10, 50, { voltage: 231, current: 12, powerFactor: -0.9, powerKw: 5, frequency: 50 })),
    ).toBeUndefined();
  });

  it.each([
    ['register_out_of_range', at(1, -1)],
    ['register_out_of_range', at(1, 1_000_000)],
    ['register_out_of_range', at(1, 1, { exportRegister: -5 })],
    ['register_out_of_range', at(1, 1, { registers: { '1.8.1': 1e15 } })],
    ['value_out_of_range', at(1, 1, { voltage: 1001 })],
    ['value_out_of_range', at(1, 1, { voltage: -1 })],
    ['value_out_of_range', at(1, 1, { current: 601 })],
    ['value_out_of_range', at(1, 1, { powerFactor: 1.01 })],
    ['value_out_of_range', at(1, 1, { powerKw: 21 })],
    ['value_out_of_range', at(1, 1, { frequency: 101 })],
    ['meter_not_installed', at(-1, 1)],
    ['register_jumped', at(1, 25)],
  ])('refuses with %s', (reason, reading) => {
    expect(reasonOf(reading)).toBe(reason);
  });

  it('binds the timestamp to five minutes ahead and two years back', () => {
    const receivedMs = testStart + 3_600_000;
    const by = { receivedMs };
    expect(reasonOf(at(1 + 4 / 60, 1), testState(), by)).toBeUndefined();
    expect(reasonOf(at(1 + 6 / 60, 1), testState(), by)).toBe('timestamp_in_future');
    const old = testState([testSegment({ from: 0 })]);
    expect(reasonOf(at(-24 * 733, 1), old, by)).toBe('timestamp_too_old');
    expect(reasonOf(at(-24 * 729, 1), old, by)).toBeUndefined();
  });

  it('knows where the meter was at the time of the reading, not where it is', () => {
    const moved = testState(undefined, {
      assignments: [
        { stationId: 'ST-1', from: 0 },
        { stationId: 'ST-2', from: testStart + 10 * 3_600_000 },
      ],
    });
    expect(reasonOf(at(9, 1), moved)).toBeUndefined();
    expect(reasonOf(at(10, 1), moved)).toBe('meter_not_at_station');
    expect(reasonOf(at(9, 1), moved, { ...received, stationId: 'ST-2' })).toBe('meter_not_at_station');
    expect(reasonOf(at(10, 1), moved, { receivedMs: received.receivedMs })).toBeUndefined();
  });

  it('is bound by the checkpoint in both directions', () => {
    const state = testState(undefined, { checkpoint: known(10, 100) });
    expect(reasonOf(at(11, 99.99), state)).toBe('register_decreased');
    expect(reasonOf(at(11, 121), state)).toBe('register_jumped');
    expect(reasonOf(at(11, 119), state)).toBeUndefined();
    expect(reasonOf(at(9, 100.01), state)).toBe('register_decreased');
    expect(reasonOf(at(9, 79), state)).toBe('register_jumped');
    expect(reasonOf(at(9, 81), state)).toBeUndefined();
    expect(reasonOf(at(10, 100), state)).toBeUndefined();
    expect(reasonOf(at(10, 101), state)).toBe('register_jumped');
    expect(reasonOf(at(10, 99), state)).toBe('register_jumped');
  });

  it('recognises a roll-over when the way through zero is plausible', () => {
    const segment = testSegment({ startRegister: 999_990_000_000 });
    const state = testState([segment], { checkpoint: { time: testStart, register: 999_990_000_000 } });
    expect(reasonOf(at(2, 5), state)).toBeUndefined();
    expect(reasonOf(at(2, 31), state)).toBe('register_decreased');
    // And backwards: a late reading from before the roll-over.
    const after = testState([segment], { checkpoint: known(2, 5) });
    expect(reasonOf(at(1, 999_995), after)).toBeUndefined();
  });

  it('separates the devices of an exchange', () => {
    const exchange = testStart + 100 * 3_600_000;
    const state = testState(
      [
        testSegment({ to: exchange, endRegister: 500_000_000 }),
        testSegment({ from: exchange, startRegister: 7_000_000, digits: 5, serial: 'M-2' }),
      ],
      { checkpoint: known(50, 300) },
    );
    expect(reasonOf(at(101, 8), state)).toBeUndefined();
    expect(reasonOf(at(101, 500.5), state)).toBe('register_jumped');
    expect(reasonOf(at(99, 499), state)).toBeUndefined();
    expect(reasonOf(at(99, 501), state)).toBe('register_decreased');
    expect(reasonOf(at(101, 100_001), state)).toBe('register_out_of_range');
    const retired = testState([testSegment({ to: exchange })]);
    expect(reasonOf(at(101, 8), retired)).toBe('meter_retired');
  });

  it('compares secondary registers with primary power through the transformer ratio', () => {
    const state = testState([testSegment({ multiplier: 40, maxKw: 800 })]);
    expect(reasonOf(at(1, 19), state)).toBeUndefined();
    expect(reasonOf(at(1, 21), state)).toBe('register_jumped');
  });

  it('accepts every reading of a working meter in any order, whichever of them became the checkpoint', () => {
    const meters = fc.record({
      digits: fc.integer({ min: 4, max: 9 }),
      decimals: fc.integer({ min: 0, max: 3 }),
      start: fc.double({ min: 0, max: 1, noNaN: true }),
      multiplier: fc.constantFrom(1, 1, 20, 2.5),
      powers: fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { minLength: 2, maxLength: 60 }),
      stepMs: fc.constantFrom(1000, 60_000, quarterMs, 86_400_000),
    });
    fc.assert(
      fc.property(
        meters,
        fc.infiniteStream(fc.nat()),
        ({ digits, decimals, start, multiplier, powers, stepMs }, picks) => {
          const size = 10 ** (6 - decimals);
          const segment = testSegment({
            digits,
            decimals,
            multiplier,
            startRegister: Math.floor((start * 0.999999 * 10 ** (digits + 6)) / size) * size,
          });
          const readings = countReadings(segment, powers, stepMs);
          const arrival = readings.flatMap((reading) => [reading, reading]).sort(() => (picks.next().value % 2) - 0.5);
          const state = testState([segment]);
          for (const point of arrival) {
            expect(checkReading(asReading(point), state, received)).toBeUndefined();
            if (picks.next().value % 3 === 0) state.checkpoint = point;
          }
        },
      ),
    );
  });
});
