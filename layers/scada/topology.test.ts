import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  elementsBehind,
  type NetworkElement,
  networkProblems,
  type Position,
  suppliedElements,
  withPosition,
} from './topology.ts';

/**
 * SS1 ─ F1 ─ B1 ─ T1        T1 behind breaker B1, T2 behind the section switch S1 further down
 *             └ S1 ─ T2 ─┐
 *                        TIE (normally open, between T2's side and F2)
 * SS1 ─ F2 ─ B2 ─ T3 ────┘
 */
const list: NetworkElement[] = [
  { id: 'SS1', kind: 'substation' },
  { id: 'F1', kind: 'feeder', parentId: 'SS1' },
  { id: 'B1', kind: 'switch', parentId: 'F1' },
  { id: 'T1', kind: 'transformer', parentId: 'B1' },
  { id: 'S1', kind: 'switch', parentId: 'B1' },
  { id: 'T2', kind: 'transformer', parentId: 'S1' },
  { id: 'F2', kind: 'feeder', parentId: 'SS1' },
  { id: 'B2', kind: 'switch', parentId: 'F2' },
  { id: 'T3', kind: 'transformer', parentId: 'B2' },
  { id: 'TIE', kind: 'switch', parentId: 'B2', otherSideId: 'S1' },
];
const elements = new Map(list.map((element) => [element.id, element]));
const network = (open: string[]) => ({
  elements,
  positions: new Map<string, Position>(
    ['B1', 'S1', 'B2', 'TIE'].map((id) => [id, open.includes(id) ? 'open' : 'closed']),
  ),
});
const transformers = (ids: Iterable<string>): string[] =>
  [...ids].filter((id) => id.startsWith('T') && id !== 'TIE').sort();

describe('supply', () => {
  it('reaches what conducts from a substation', () => {
    expect(transformers(suppliedElements(network(['TIE'])))).toEqual(['T1', 'T2', 'T3']);
    expect(transformers(suppliedElements(network(['TIE', 'S1'])))).toEqual(['T1', 'T3']);
  });

  it('comes over the tie when the way itself is open', () => {
    expect(transformers(suppliedElements(network(['S1'])))).toEqual(['T1', 'T2', 'T3']);
    // Fed backwards through the closed section switch, up to the open breaker.
    expect(transformers(suppliedElements(network(['B1'])))).toEqual(['T1', 'T2', 'T3']);
  });
});

describe('behind a switch', () => {
  it('is what loses supply if it opens', () => {
    expect(elementsBehind(network(['TIE']), 'B1')).toMatchObject({ supplied: true });
    expect(transformers(elementsBehind(network(['TIE']), 'B1').elementIds)).toEqual(['T1', 'T2']);
    expect(transformers(elementsBehind(network(['TIE']), 'S1').elementIds)).toEqual(['T2']);
  });

  it('is nothing while another way supplies it', () => {
    expect(transformers(elementsBehind(network([]), 'S1').elementIds)).toEqual([]);
  });

  it('is what would get supply, of an open one', () => {
    const behind = elementsBehind(network(['TIE', 'S1']), 'S1');
    expect(behind.supplied).toBe(false);
    expect(transformers(behind.elementIds)).toEqual(['T2']);
  });

  it('moves with the tie: T2 hangs on feeder 2 after switching over', () => {
    const switched = network(['S1']);
    expect(transformers(elementsBehind(switched, 'B1').elementIds)).toEqual(['T1']);
    expect(transformers(elementsBehind(switched, 'B2').elementIds)).toEqual(['T2', 'T3']);
  });

  it('of a feeder or transformer is what fails with it', () => {
    expect(transformers(elementsBehind(network(['TIE']), 'F2').elementIds)).toEqual(['T3']);
    expect(elementsBehind(network(['TIE']), 'T1').elementIds).toEqual(['T1']);
    expect(elementsBehind(network(['TIE', 'B2']), 'F2').elementIds).toContain('F2');
  });

  it('is exactly what opening it takes away, whatever the positions', () => {
    fc.assert(
      fc.property(fc.subarray(['B1', 'S1', 'B2', 'TIE']), fc.constantFrom('B1', 'S1', 'B2', 'TIE'), (open, id) => {
        const before = network(open);
        // What hangs on a closed switch without supply is told too, though opening it changes nothing.
        fc.pre(open.includes(id) || suppliedElements(before).has(id));
        const { supplied, elementIds } = elementsBehind(before, id);
        const toggled = suppliedElements(withPosition(before, id, open.includes(id) ? 'closed' : 'open'));
        for (const element of elementIds) expect(toggled.has(element)).toBe(!supplied);
        for (const element of suppliedElements(before))
          if (!elementIds.includes(element)) expect(toggled.has(element)).toBe(true);
      }),
    );
  });
});

describe('a network that is none', () => {
  it('is told by element', () => {
    const wrong = new Map<string, NetworkElement>([
      ['A', { id: 'A', kind: 'feeder' }],
      ['B', { id: 'B', kind: 'transformer', parentId: 'NOPE', otherSideId: 'A' }],
      ['C', { id: 'C', kind: 'feeder', parentId: 'D' }],
      ['D', { id: 'D', kind: 'feeder', parentId: 'C' }],
    ]);
    const told = networkProblems(wrong).map(({ id }) => id);
    expect(told).toEqual(['A', 'B', 'B', 'C', 'D']);
    expect(networkProblems(elements)).toEqual([]);
  });
});
