/** Edited stretches: what a person decided counts within, what the registers say counts outside, and all adds up. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type CurvePoint, consumptionOf } from './consumption.ts';
import { editCurve } from './edit-curve.ts';

const curve: CurvePoint[] = [
  { time: 0, energy: 0n, flags: [] },
  { time: 100, energy: 100n, flags: [] },
  { time: 200, energy: 100n, flags: ['register_broken'] },
  { time: 300, energy: 200n, flags: [] },
];
const stretch = (from: number, ...cells: [number, bigint][]) => ({
  ...{ id: 'e', method: 'values', from, to: cells.at(-1)![0] },
  cells: cells.map(([to, units]) => ({ to, units })),
});
const used = (edits: ReturnType<typeof stretch>[], ...edges: number[]) =>
  consumptionOf(
    editCurve(curve, edits),
    edges.slice(1).map((end, i) => ({ start: edges[i]!, end })),
  );

it('counts what was decided within, and the register outside', () => {
  const edits = [stretch(100, [150, 30n], [200, 50n])];
  expect(used(edits, 0, 100, 150, 200, 300).map(({ energy, flags }) => [energy, flags])).toEqual([
    [100n, []],
    [30n, []],
    [50n, []],
    [100n, []],
  ]);
  expect(used(edits, 0, 300)).toMatchObject([{ energy: 280n, complete: true, flags: [] }]);
});

it('may begin and end between readings; what is left of a broken link is still broken', () => {
  const edits = [stretch(50, [150, 7n])];
  expect(used(edits, 0, 50, 150, 200, 300).map(({ energy, flags }) => [energy, flags])).toEqual([
    [50n, []],
    [7n, []],
    [0n, ['register_broken']],
    [100n, []],
  ]);
});

it('goes on where the readings end, and begins before they do', () => {
  expect(used([stretch(300, [400, 9n])], 200, 300, 400)).toMatchObject([
    { energy: 100n, complete: true },
    { energy: 9n, complete: true, flags: [] },
  ]);
  expect(used([stretch(-100, [0, 9n])], -100, 0, 100)).toMatchObject([
    { energy: 9n, complete: true },
    { energy: 100n },
  ]);
  expect(consumptionOf(editCurve([], [stretch(0, [10, 5n])]), [{ start: 0, end: 10 }])).toMatchObject([
    { energy: 5n, complete: true },
  ]);
});

it('leaves what nobody knows between a stretch and the readings unmeasured', () => {
  expect(used([stretch(350, [400, 9n])], 300, 350, 400)).toMatchObject([
    { energy: 0n, flags: ['unmeasured'] },
    { energy: 9n, flags: [] },
  ]);
  expect(used([stretch(-100, [-50, 9n])], -100, -50, 0, 100)).toMatchObject([
    { energy: 9n, flags: [] },
    { energy: 0n, flags: ['unmeasured'] },
    { energy: 100n, flags: [] },
  ]);
});

it('changes nothing outside of it, and parts add up to the whole, wherever edges and edits lie', () => {
  const cells = fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.bigInt({ min: 0n, max: 99n })), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 280 }), cells, fc.integer({ min: 1, max: 60 }), (from, lengths, step) => {
      const ends = lengths.map((_, i) => lengths.slice(0, i + 1).reduce((at, [length]) => at + length, from));
      const edit = stretch(from, ...lengths.map(([, units], i): [number, bigint] => [ends[i]!, units]));
      const edges = Array.from({ length: Math.ceil(500 / step) + 1 }, (_, i) => i * step);
      const [parts, [whole]] = [used([edit], ...edges), used([edit], 0, edges.at(-1)!)];
      expect(parts.reduce((sum, { energy = 0n }) => sum + energy, 0n)).toBe(whole!.energy);
      expect(used([edit], edit.from, edit.to)[0]!.energy).toBe(lengths.reduce((sum, [, units]) => sum + units, 0n));
      const inside = ({ start, end }: { start: number; end: number }) => start < edit.to && end > edit.from;
      const plain = used([], ...edges);
      parts.forEach((part, i) => {
        if (!inside(part) && part.end <= 300) expect(part.energy).toBe(plain[i]!.energy);
      });
    }),
    { numRuns: 300 },
  );
});
