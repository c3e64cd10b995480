/**
 * Which loss areas lie in others: a feeder's transformers, areas on elements that hang on its element of the network, and areas
 * whose meters are all counted in it. What lies in another is counted there; areas that share some meters are added to nothing,
 * since neither is part of the other and their energy would count twice.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { NetworkBelow } from '../../scada/contract.ts';
import { clip } from './day-spans.ts';
import { type LossArea, lossAreaEntity, lossAreas } from './loss-area-entity.ts';
import type { PlannedMeter, PlannedPlace } from './loss-report-entity.ts';
import { daysIn } from './report-days.ts';

/** For each of the areas those that are part of it, whether they are in the report or not. */
export async function areasWithin(
  session: TenantSession,
  areas: readonly LossArea[],
  { elementsBelow }: Pick<NetworkBelow, 'elementsBelow'>,
): Promise<LossArea[][]> {
  const all = await everyArea(session);
  const byParent = Map.groupBy(all, ({ parentId }) => parentId);
  const byElement = Map.groupBy(all, ({ networkElementId }) => networkElementId);
  const below = async ({ id, networkElementId }: LossArea, seen: Set<string>): Promise<LossArea[]> => {
    const hanging = [...(byParent.get(id) ?? [])];
    if (networkElementId !== undefined && !seen.has(networkElementId)) {
      const [own, ...elementIds] = await elementsBelow(networkElementId);
      for (const elementId of own === undefined ? [] : [own, ...elementIds]) seen.add(elementId);
      hanging.push(...elementIds.flatMap((elementId) => byElement.get(elementId) ?? []));
    }
    return hanging;
  };
  const found: LossArea[][] = [];
  for (const area of areas) {
    const parts = new Map<string, LossArea>([[area.id, area]]);
    const seen = new Set<string>();
    for (const part of parts.values())
      for (const one of await below(part, seen)) if (!parts.has(one.id)) parts.set(one.id, one);
    parts.delete(area.id);
    found.push([...parts.values()]);
  }
  return found;
}

async function everyArea(session: TenantSession): Promise<LossArea[]> {
  const areas: LossArea[] = [];
  let cursor: string | undefined;
  do {
    const page = await session.query<LossArea>(lossAreaEntity, { index: 'gsi1', pk: lossAreas, limit: 200, cursor });
    areas.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return areas;
}

export interface Nesting {
  /** The area of the report that this one is part of. */
  withinId?: string;
  /** It shares meters with another one, and neither is part of the other. */
  overlaps?: true;
}

/** @param within as `areasWithin` tells @returns for each of the areas */
export function nestingOf(
  areas: readonly Pick<LossArea, 'id'>[],
  within: readonly (readonly Pick<LossArea, 'id'>[])[],
  meters: readonly PlannedMeter[],
): Nesting[] {
  const parts = within.map((own) => new Set(own.map(({ id }) => id)));
  const isPart = (i: number, j: number): boolean => parts[j]!.has(areas[i]!.id);
  const common = commonDays(areas.length, meters);
  const isCounted = (i: number, j: number): boolean => common[i]![i]! > 0 && common[i]![j] === common[i]![i];
  const depths = areas.map((_, i) => parts.filter((own) => own.has(areas[i]!.id)).length);
  // Whatever comes first here can only be in what came before it, so of areas that are the same one is counted.
  const order = [...areas.keys()].sort((i, j) => depths[i]! - depths[j]! || common[j]![j]! - common[i]![i]! || i - j);
  const holders = new Map(
    order.map((i, place) => [i, order.slice(0, place).find((j) => isPart(i, j) || isCounted(i, j))]),
  );
  const isTop = (i: number): boolean => holders.get(i) === undefined;
  return areas.map((_, i) => {
    const holder = holders.get(i);
    if (holder !== undefined) return { withinId: areas[holder]!.id };
    return order.some((j) => j !== i && isTop(j) && common[i]![j]! > 0) ? { overlaps: true } : {};
  });
}

/** Days of meters that two areas both count; of an area with itself, all of its own. */
function commonDays(size: number, meters: readonly PlannedMeter[]): number[][] {
  const days = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  for (const { places } of meters) {
    const outputs = places.filter(({ role }) => role === 'output');
    for (const a of outputs) for (const b of outputs) days[a.area]![b.area]! += sharedBy(a, b);
  }
  return days;
}

const sharedBy = (a: PlannedPlace, b: PlannedPlace): number =>
  daysIn(a.spans.flatMap((span) => b.spans.flatMap((other) => clip(span, other) ?? [])));
