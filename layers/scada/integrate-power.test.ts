/** Power integrated over time: exact where it is known, the same however it is cut, and honest about what it does not know. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PowerIntegrator, type WindowEnergy } from './integrate-power.ts';

const minute = 60_000;
const hour = 60 * minute;
const rules = { holdMs: 65 * minute, bridgeMs: 15 * minute };
const integrate = (
  samples: readonly [number, number | undefined][],
  edges: readonly number[],
  untilMs = Number.MAX_SAFE_INTEGER,
): WindowEnergy[] => {
  const windows = edges.slice(1).map((end, i) => ({ start: edges[i]! * minute, end: end * minute }));
  const integrator = new PowerIntegrator(windows, rules);
  for (const [at, kw] of samples) integrator.add({ timeMs: at * minute, kw });
  return integrator.finish(untilMs);
};
const kwh = (count: number): bigint => BigInt(Math.round(count * 1_000_000));

describe('power over time', () => {
  it.each<[string, [number, number | undefined][], Partial<WindowEnergy>]>([
    [
      'holds until the next value',
      [
        [0, 60],
        [30, 120],
        [60, 0],
      ],
      { forward: kwh(90), backward: 0n, unknownMs: 0 },
    ],
    [
      'holds for 65 minutes at most',
      [
        [-35, 60],
        [40, 60],
      ],
      { forward: kwh(30 + 10 + 20), unknownMs: 0, bridged: kwh(10) },
    ],
    [
      'is not known in a longer gap',
      [
        [-35, 60],
        [46, 60],
      ],
      { forward: kwh(30 + 14), unknownMs: 16 * minute },
    ],
    [
      'is bridged over bad values by a straight line',
      [
        [0, 60],
        [20, undefined],
        [32, 120],
      ],
      { forward: kwh(20 + 18 + 56), bridged: kwh(18), unknownMs: 0 },
    ],
    [
      'is not known after bad values',
      [
        [0, 60],
        [20, undefined],
        [36, 60],
      ],
      { forward: kwh(44), unknownMs: 16 * minute, bridged: 0n },
    ],
    [
      'flows both ways',
      [
        [0, 60],
        [30, -30],
      ],
      { forward: kwh(30), backward: kwh(15), unknownMs: 0 },
    ],
    [
      'turns within a bridge',
      [
        [0, 60],
        [30, undefined],
        [42, -30],
        [60, 0],
      ],
      { forward: kwh(30 + 4), backward: kwh(1 + 9), bridged: kwh(5) },
    ],
    ['is not known before the first value', [[15, 40]], { forward: kwh(30), unknownMs: 15 * minute }],
    [
      'of values at one moment is the last',
      [
        [0, 10],
        [0, 60],
      ],
      { forward: kwh(60), unknownMs: 0 },
    ],
    ['of nothing is nothing', [], { forward: 0n, unknownMs: hour }],
  ])('%s', (_, samples, expected) => {
    expect(integrate(samples, [0, 60])).toMatchObject([expected]);
  });

  it('is not known beyond now', () => {
    expect(integrate([[0, 60]], [0, 60], 30 * minute)).toMatchObject([{ forward: kwh(30), unknownMs: 30 * minute }]);
  });

  it('comes to the area under a known curve, as finely as it is told', () => {
    // A day of a feeder: 5 MW, and 3 MW more or less over the day, told every minute and where it moved by 50 kW.
    const curve = (at: number): number => 5000 - 3000 * Math.cos((2 * Math.PI * at) / 1440);
    const every = (wanted: (at: number, last: number | undefined) => boolean): [number, number][] => {
      const told: [number, number][] = [];
      for (let at = -60; at <= 1440; at++) if (wanted(at, told.at(-1)?.[1])) told.push([at, curve(at)]);
      return told;
    };
    const whole = 24 * 5000;
    const [byMinute] = integrate(
      every(() => true),
      [0, 1440],
    );
    expect(Math.abs(Number(byMinute!.forward) / 1e6 - whole)).toBeLessThan(whole * 1e-6);
    const told = every((at, last) => last === undefined || at % 60 === 0 || Math.abs(curve(at) - last) > 50);
    expect(told.length).toBeLessThan(400);
    const [byException] = integrate(told, [0, 1440]);
    expect(Math.abs(Number(byException!.forward) / 1e6 - whole)).toBeLessThan(24 * 50);
  });

  it('of any steps is their exact sum, wherever it is cut and however often they are told', () => {
    const steps = fc.array(
      fc.record({ minutes: fc.integer({ min: 1, max: 65 }), kw: fc.integer({ min: -900, max: 900 }) }),
      {
        minLength: 1,
        maxLength: 30,
      },
    );
    fc.assert(
      fc.property(steps, fc.array(fc.nat(1999), { maxLength: 5 }), (given, cuts) => {
        let at = 0;
        const samples: [number, number][] = [];
        let [forward, backward] = [0, 0];
        for (const { minutes, kw } of given) {
          samples.push([at, kw], [at, kw]);
          at += minutes;
          if (kw > 0) forward += kw * minutes;
          else backward -= kw * minutes;
        }
        samples.push([at, 0]);
        const edges = [0, ...new Set(cuts.filter((cut) => cut > 0 && cut < at)), at].sort((a, b) => a - b);
        const windows = integrate(samples, edges);
        const sum = (select: (window: WindowEnergy) => bigint) => windows.reduce((all, each) => all + select(each), 0n);
        // Each window is rounded once.
        const near = (units: bigint, kwMinutes: number) =>
          Math.abs(Number(units) - (kwMinutes * 1e6) / 60) <= windows.length;
        expect(
          near(
            sum((each) => each.forward),
            forward,
          ),
        ).toBe(true);
        expect(
          near(
            sum((each) => each.backward),
            backward,
          ),
        ).toBe(true);
        expect(windows.every(({ unknownMs }) => unknownMs === 0)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('of any values, good and bad, knows no more than there is and the same however it is cut', () => {
    const told = fc.array(fc.tuple(fc.nat(600), fc.option(fc.integer({ min: -500, max: 500 }), { nil: undefined })), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(told, fc.integer({ min: 1, max: 599 }), (given, cut) => {
        const samples = given.sort(([a], [b]) => a - b);
        const [[whole], parts] = [integrate(samples, [0, 600]), integrate(samples, [0, cut, 600])];
        expect(parts[0]!.unknownMs + parts[1]!.unknownMs).toBe(whole!.unknownMs);
        for (const name of ['forward', 'backward', 'bridged'] as const) {
          expect(Math.abs(Number(parts[0]![name] + parts[1]![name] - whole![name]))).toBeLessThanOrEqual(2);
          expect(whole![name] >= 0n).toBe(true);
        }
        expect(whole!.bridged <= whole!.forward + whole!.backward).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
