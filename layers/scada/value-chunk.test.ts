import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { qualities } from '../station/point-value.ts';
import { orderSamples, type PointSample, packChunk, unpackChunk } from './value-chunk.ts';

const sample: fc.Arbitrary<PointSample> = fc.record(
  {
    value: fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
      fc.boolean(),
      fc.string({ maxLength: 20 }),
      fc.bigInt({ min: 2n ** 60n, max: 2n ** 63n }),
    ),
    quality: fc.constantFrom(...qualities),
    timeMs: fc.integer({ min: 1.7e12, max: 1.8e12 }),
    reason: fc.string({ minLength: 1, maxLength: 30 }),
    timeUncertain: fc.constant(true),
  },
  { requiredKeys: ['value', 'quality', 'timeMs'] },
);

describe('a chunk of values', () => {
  it('gives back what went in, small or packed', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/), fc.array(sample, { minLength: 1 }), {
          minKeys: 1,
          maxKeys: 8,
        }),
        (points) => {
          const samples = new Map(Object.entries(points));
          const read = unpackChunk(packChunk(samples));
          for (const [pointId, own] of samples)
            expect(read.get(pointId)).toEqual(
              own.map(({ value, reason, ...rest }) => ({
                ...rest,
                // Nothing negative about zero survives JSON; a good value needs no reason.
                value: Object.is(value, -0) ? 0 : value,
                ...(reason !== undefined && (rest.quality !== 'good' || rest.timeUncertain) ? { reason } : {}),
              })),
            );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('reads only the points that are asked for', () => {
    const text = packChunk(
      new Map([
        ['A', [good(1, 1)]],
        ['B', [good(2, 2)]],
      ]),
    );
    expect([...unpackChunk(text, new Set(['B'])).keys()]).toEqual(['B']);
  });

  it('keeps a hundred slow analog values of ten points within two write units', () => {
    const points = new Map(
      Array.from({ length: 10 }, (_, p) => [
        `RTU1.analog-${p}`,
        Array.from({ length: 10 }, (__, i) =>
          good(1_767_225_600_000 + i * 1000, 220 + Math.round(Math.sin(i + p) * 100) / 100),
        ),
      ]),
    );
    expect(packChunk(points).length).toBeLessThan(2048);
  });
});

describe('samples that came more than once and in any order', () => {
  it('are each there once, in order of time', () => {
    const once = [good(1, 5), good(2, 6), good(2, 7), good(3, 5)];
    const again = [...once, ...once].reverse();
    expect(orderSamples(again).map(({ timeMs }) => timeMs)).toEqual([1, 2, 2, 3]);
    expect(new Set(orderSamples(again).map(({ value }) => value))).toEqual(new Set([5, 6, 7]));
  });
});

function good(timeMs: number, value: number): PointSample {
  return { timeMs, value, quality: 'good' };
}
