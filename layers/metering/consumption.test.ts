import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RegisterPoint } from './advance.ts';
import { consumptionOf, energyCurve } from './consumption.ts';
import type { MeterProfile } from './meter-state.ts';
import { fromUnits } from './register.ts';
import { countReadings, quarterMs, testSegment, testStart, testState } from './test-support/simulated-meter.ts';
import { timeBuckets } from './time-buckets.ts';

const hourMs = 3_600_000;
const point = (hours: number, kwh: number): RegisterPoint => ({
  time: testStart + hours * hourMs,
  register: Math.round(kwh * 1_000_000),
});
const open = testSegment({ from: 0 });

function consume(profile: MeterProfile, readings: RegisterPoint[], fromHours: number, toHours: number, step = 1) {
  const buckets = [];
  for (let h = fromHours; h < toHours; h += step)
    buckets.push({ start: testStart + h * hourMs, end: testStart + (h + step) * hourMs });
  return consumptionOf(energyCurve(profile, readings), buckets).map(({ energy, estimated, complete, flags }) => [
    energy === undefined ? null : fromUnits(energy),
    `${estimated ? 'estimated' : 'measured'}${complete ? '' : ' partial'}`,
    ...flags,
  ]);
}

describe('consumption', () => {
  it('is the exact difference of registers', () => {
    expect(consume(testState([open]), [point(0, 0.1), point(1, 0.3), point(2, 1.4)], 0, 2)).toEqual([
      ['0.2', 'measured'],
      ['1.1', 'measured'],
    ]);
  });

  it('interpolates at edges between readings and says so', () => {
    expect(consume(testState([open]), [point(0.5, 10), point(1.5, 12), point(2.5, 13)], 1, 2)).toEqual([
      ['1.5', 'estimated'],
    ]);
    expect(consume(testState([open]), [point(0, 0), point(3, 9)], 1, 2)).toEqual([['3', 'estimated']]);
  });

  it('tells partly covered and unknown buckets from empty consumption', () => {
    expect(consume(testState([open]), [point(1, 5), point(2, 5), point(2.5, 6)], 0, 4)).toEqual([
      [null, 'measured partial'],
      ['0', 'measured'],
      ['1', 'measured partial'],
      [null, 'measured partial'],
    ]);
    expect(consume(testState([open]), [], 0, 1)).toEqual([[null, 'measured partial']]);
  });

  it('counts through a roll-over', () => {
    expect(consume(testState([open]), [point(0, 999_998), point(1, 3)], 0, 1)).toEqual([
      ['5', 'measured', 'rolled_over'],
    ]);
  });

  it('counts through an exchange by the values noted there', () => {
    const exchange = testStart + 1.5 * hourMs;
    const state = testState([
      testSegment({ from: 0, to: exchange, endRegister: 107_000_000 }),
      testSegment({ from: exchange, startRegister: 50_000_000 }),
    ]);
    expect(consume(state, [point(1, 100), point(2, 53), point(3, 54)], 1, 3)).toEqual([
      ['10', 'measured', 'exchanged'],
      ['1', 'measured'],
    ]);
    const unread = testState([
      testSegment({ from: 0, to: exchange }),
      testSegment({ from: exchange, startRegister: 50_000_000 }),
    ]);
    expect(consume(unread, [point(1, 100), point(2, 53)], 1, 2)).toEqual([
      ['3', 'measured', 'exchanged', 'unmeasured'],
    ]);
  });

  it('multiplies secondary registers by the transformer ratio', () => {
    expect(consume(testState([{ ...open, multiplier: 2.5, maxKw: 800 }]), [point(0, 1), point(1, 2.2)], 0, 1)).toEqual([
      ['3', 'measured'],
    ]);
  });

  it('leaves a wild reading out instead of billing its rise and dropping its fall', () => {
    const readings = [point(0, 100), point(1, 101), point(1.5, 111), point(2, 102), point(3, 103)];
    expect(consume(testState([open]), readings, 0, 3)).toEqual([
      ['1', 'measured'],
      ['1', 'measured', 'suspect_readings'],
      ['1', 'measured'],
    ]);
  });

  it('measures the same with wild readings thrown in', () => {
    const powers = fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { minLength: 12, maxLength: 120 });
    const wild = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 999_999_999_999 })), { maxLength: 4 });
    fc.assert(
      fc.property(powers, wild, (kw, wildOnes) => {
        const readings = countReadings(testSegment(), kw, quarterMs);
        const period = [{ start: testStart, end: readings.at(-1)!.time }];
        const clean = consumptionOf(energyCurve(testState(), readings), period)[0]!;
        // Neighbours of wild readings are kept apart by two good ones, and the ends are good.
        const places = [...new Set(wildOnes.map(([at]) => 3 * Math.floor((at % (kw.length - 6)) / 3) + 3))];
        const dirty = [
          ...readings,
          ...places.map((at, i) => ({ time: readings[at]!.time + 1000, register: wildOnes[i]![1] })),
        ];
        dirty.sort((a, b) => a.time - b.time);
        const measured = consumptionOf(energyCurve(testState(), dirty), period)[0]!;
        expect(measured.energy).toBe(clean.energy);
        expect(measured.flags).not.toContain('register_broken');
      }),
    );
  });

  it('does not bill a lasting fall of the register, and goes on after it', () => {
    const before = Array.from({ length: 8 }, (_, i) => point(i, 500 + i));
    const after = Array.from({ length: 8 }, (_, i) => point(8 + i, i));
    expect(consume(testState([open]), [...before, ...after], 0, 15, 15)).toEqual([
      ['14', 'measured', 'register_broken'],
    ]);
  });

  it('adds up: buckets of any size sum to the whole, and to what the meter counted', () => {
    const powers = fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(
        powers,
        fc.constantFrom('hour', 'day'),
        fc.integer({ min: 0, max: 899_999 }),
        (kw, interval, shift) => {
          const segment = testSegment({ from: testStart + shift, startRegister: 999_999_000_000 });
          const readings = countReadings(segment, kw, quarterMs);
          const end = readings.at(-1)!.time;
          const curve = energyCurve(testState([segment]), readings);
          const parts = consumptionOf(curve, timeBuckets(interval as 'hour', segment.from, end, 'Europe/Berlin'));
          const [whole] = consumptionOf(curve, [{ start: segment.from, end }]);
          const sum = parts.reduce((total, { energy }) => total + (energy ?? 0n), 0n);
          expect(sum).toBe(whole!.energy);
          const counted = (readings.at(-1)!.register - segment.startRegister! + 1e12) % 1e12;
          expect(whole!.energy).toBe(BigInt(counted));
          for (const { flags } of parts) expect(flags).not.toContain('suspect_readings');
        },
      ),
      { numRuns: 60 },
    );
  });
});
