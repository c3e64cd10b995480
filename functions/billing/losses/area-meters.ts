/** Which meters count in an area on which days of a period, those of its transformers included: at most so many. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { clip, union } from './day-spans.ts';
import {
  type LossArea,
  type LossMember,
  type LossPlace,
  lossAreaEntity,
  lossAreasIn,
  lossMemberEntity,
  lossPlaceEntity,
  membersOf,
} from './loss-area-entity.ts';

export interface Period {
  from: string;
  to: string;
}

/** Days a meter counts, disjoint and in order. */
export type MeterDays = Map<string, Period[]>;

/** The meters on an element of the network and below it. */
export type NetworkReader = (elementId: string) => Promise<string[]>;

/**
 * Meters whose consumption is the area's output. Meters through which energy enters the area or one of its transformers are never output.
 * @param most reading stops once more meters are found than this
 */
export async function outputMeters(
  session: TenantSession,
  area: LossArea,
  period: Period,
  most: number,
  metersBelow: NetworkReader,
): Promise<MeterDays> {
  const areas = [area, ...(await transformersOf(session, area))];
  const inputs = new Set(areas.flatMap(({ inputMeters }) => inputMeters.map(({ meterId }) => meterId)));
  const found: MeterDays = new Map();
  const add = (meterId: string, days: Period[]): void => {
    if (days.length > 0 && !inputs.has(meterId)) found.set(meterId, union([...(found.get(meterId) ?? []), ...days]));
  };
  for (const { id, networkElementId } of areas) {
    if (networkElementId === undefined) await addAssigned(session, id, period, () => found.size > most, add);
    else for (const meterId of await metersBelow(networkElementId)) add(meterId, [period]);
    if (found.size > most) break;
  }
  return found;
}

async function addAssigned(
  session: TenantSession,
  areaId: string,
  period: Period,
  isFull: () => boolean,
  add: (meterId: string, days: Period[]) => void,
): Promise<void> {
  let cursor: string | undefined;
  do {
    const page = await assignedMeters(session, areaId, { limit: 200, cursor });
    for (const { meterId, spans } of page.items)
      add(
        meterId,
        spans.flatMap((span) => clip(span, period) ?? []),
      );
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && !isFull());
}

/** A page of the meters assigned to an area, with all their days in it. */
export async function assignedMeters(
  session: TenantSession,
  areaId: string,
  page: { limit: number; cursor?: string | undefined },
) {
  const { items, nextCursor } = await session.query<LossMember>(lossMemberEntity, {
    pk: membersOf(areaId),
    consistent: true,
    ...page,
  });
  const rows: LossPlace[] = await session.getMany(
    lossPlaceEntity,
    items.map(({ meterId }) => ({ meterId })),
    // Written together with the members: a meter that was assigned just now has its days.
    { consistent: true },
  );
  const places = new Map(rows.map((row) => [row.meterId, row.spans]));
  return {
    items: items.map(({ meterId }) => ({
      meterId,
      spans: (places.get(meterId) ?? []).flatMap(({ areaId: of, ...span }) => (of === areaId ? [span] : [])),
    })),
    nextCursor,
  };
}

/** What hangs on a feeder is part of it; on a transformer nothing does. */
export async function transformersOf(session: TenantSession, { id: parentId, kind }: LossArea): Promise<LossArea[]> {
  if (kind !== 'feeder') return [];
  const areas: LossArea[] = [];
  let cursor: string | undefined;
  do {
    const page = await session.query<LossArea>(lossAreaEntity, {
      index: 'gsi2',
      pk: lossAreasIn(parentId),
      limit: 200,
      cursor,
    });
    areas.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return areas;
}
