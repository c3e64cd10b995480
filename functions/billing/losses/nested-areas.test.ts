/** Which areas of a report lie in others, and which only share meters with them. */
import { expect, it } from 'vitest';
import { april } from '../test-support/loss-reporting.ts';
import type { PlannedMeter } from './loss-report-entity.ts';
import { nestingOf } from './nested-areas.ts';

const half = { from: '2026-04-16', to: '2026-05-01' };
const before = { from: '2026-04-01', to: '2026-04-16' };
/** Each meter with the days it counts in the areas, by their place. */
const metersOf = (...places: Record<number, { from: string; to: string }>[]): PlannedMeter[] =>
  places.map((spans, i) => ({
    meterId: `M${i}`,
    places: Object.entries(spans).map(([area, span]) => ({
      area: Number(area),
      role: 'output' as const,
      spans: [span],
    })),
  }));
const named = (...ids: string[]) => ids.map((id) => ({ id }));

it.each<[string, parts: string[][], PlannedMeter[], (string | true | undefined)[]]>([
  ['stand beside each other', [[], [], []], metersOf({ 0: april }, { 1: april }, { 2: april }), []],
  ['are parts by definition, also without meters', [['B'], ['C'], []], [], [undefined, 'A', 'B']],
  ['have all their meters in another', [[], [], []], metersOf({ 0: april, 1: half }, { 0: april }), [undefined, 'A']],
  ['come before the area they are in', [[], [], ['A']], metersOf({ 0: april, 2: april }), ['C']],
  [
    'are the same, and one is part of the other',
    [[], [], ['A']],
    metersOf({ 0: april, 1: april, 2: april }),
    ['B', undefined, 'B'],
  ],
  ['share some meters', [[], [], []], metersOf({ 0: april, 1: april }, { 0: april }, { 1: april }), [true, true]],
  ['share some days of a meter', [[], [], []], metersOf({ 0: april, 1: half }, { 1: april }), [true, true]],
  ['have a meter after each other', [[], [], []], metersOf({ 0: before, 1: half }), []],
  [
    'share what a part of one has',
    [['B'], [], []],
    metersOf({ 0: april, 1: april, 2: april }, { 0: april }, { 2: april }),
    [true, 'A', true],
  ],
])('areas that %s', (_, parts, meters, expected) => {
  const nesting = nestingOf(
    named('A', 'B', 'C'),
    parts.map((own) => named(...own)),
    meters,
  );
  expect(nesting.map(({ withinId, overlaps }) => withinId ?? overlaps)).toEqual(
    Array.from({ length: 3 }, (_, i) => expected[i]),
  );
});
