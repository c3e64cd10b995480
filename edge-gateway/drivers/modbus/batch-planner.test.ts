import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Table } from './address.ts';
import { type Batch, type PlanLimits, planBatches, sortPoints, splitBatch } from './batch-planner.ts';
import type { PlacedPoint } from './point.ts';

const point = (address: number, length = 1, table: Table = 'holding_register'): PlacedPoint => ({
  id: `${table}:${address}+${length}`,
  table,
  address,
  format: { type: 'uint16', order: 'ABCD', length },
  operate: {},
  start: address,
  length,
});

const limits = (changes: Partial<PlanLimits> = {}): PlanLimits => ({
  maxRegisters: 125,
  maxBits: 2000,
  gap: 0,
  isBad: () => false,
  isBarrier: () => false,
  ...changes,
});

const spans = (batches: readonly Batch[]): string[] => batches.map(({ start, quantity }) => `${start}+${quantity}`);

describe('batches', () => {
  it('join neighbours, and what is no further than the gap', () => {
    const points = sortPoints([point(10, 2), point(12, 2), point(20), point(30)]);
    expect(spans(planBatches(points, limits()))).toEqual(['10+4', '20+1', '30+1']);
    expect(spans(planBatches(points, limits({ gap: 6 })))).toEqual(['10+11', '30+1']);
    expect(spans(planBatches(points, limits({ gap: 9 })))).toEqual(['10+21']);
  });

  it('stay within the limit and never cut a value', () => {
    const points = sortPoints(Array.from({ length: 10 }, (_, index) => point(index * 2, 2)));
    expect(spans(planBatches(points, limits({ maxRegisters: 5 })))).toEqual(['0+4', '4+4', '8+4', '12+4', '16+4']);
  });

  it('keep tables apart and bits by their own limit', () => {
    const points = sortPoints([point(0), point(1, 1, 'input_register'), point(0, 1, 'coil'), point(64, 1, 'coil')]);
    expect(planBatches(points, limits({ gap: 4 })).map(({ table, quantity }) => `${table} ${quantity}`)).toEqual([
      'coil 65',
      'input_register 1',
      'holding_register 1',
    ]);
  });

  it('leave bad points out, touch none of their registers and reach over no barrier', () => {
    const points = sortPoints([point(0), point(1), point(2), point(3), point(4)]);
    expect(spans(planBatches(points, limits({ gap: 9, isBad: ({ address }) => address === 1 })))).toEqual([
      '0+1',
      '2+3',
    ]);
    expect(spans(planBatches(points, limits({ isBarrier: (_, address) => address === 3 })))).toEqual(['0+3', '3+2']);
  });

  it('hold every point once, within their span, whatever is asked', () => {
    const anyPoint = fc.tuple(fc.integer({ min: 0, max: 600 }), fc.constantFrom(1, 2, 4)).map(([a, l]) => point(a, l));
    fc.assert(
      fc.property(
        fc.array(anyPoint, { maxLength: 80 }),
        fc.integer({ min: 4, max: 125 }),
        fc.nat(64),
        (points, maxRegisters, gap) => {
          const batches = planBatches(sortPoints(points), limits({ maxRegisters, gap }));
          expect(batches.flatMap((batch) => batch.points).length).toBe(points.length);
          for (const batch of batches) {
            expect(batch.quantity).toBeLessThanOrEqual(maxRegisters);
            for (const { start, length } of batch.points) {
              expect(start >= batch.start && start + length <= batch.start + batch.quantity).toBe(true);
            }
          }
        },
      ),
    );
  });
});

describe('a refused batch', () => {
  const batch = (points: PlacedPoint[]): Batch => planBatches(sortPoints(points), limits({ gap: 64 }))[0]!;

  it('is cut at its widest gap', () => {
    const { halves, gap } = splitBatch(batch([point(0), point(1), point(10), point(12)]))!;
    expect([spans(halves), gap]).toEqual([['0+2', '10+3'], 8]);
  });

  it('is cut in the middle where it has none, and not within overlapping values', () => {
    expect(spans(splitBatch(batch([point(0), point(1), point(2), point(3)]))!.halves)).toEqual(['0+2', '2+2']);
    expect(splitBatch(batch([point(0, 2), point(1)]))).toBeUndefined();
    expect(splitBatch(batch([point(5)]))).toBeUndefined();
  });
});
