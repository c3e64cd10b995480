/** Which meters count in an area on which days of a period, those of areas within it included: at most so many. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { NetworkBelow } from '../../scada/contract.ts';
import { clip, union } from './day-spans.ts';
import {
  type LossArea,
  type LossMember,
  type LossPlace,
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

/**
 * Meters whose consumption is the area's output. Meters through which energy enters the area or one within it are never output.
 * @param within as `areasWithin` tells
 * @param most reading stops once more meters are found than this
 */
export async function outputMeters(
  session: TenantSession,
  area: LossArea,
  within: readonly LossArea[],
  period: Period,
  most: number,
  { elementsBelow, metersBelow }: NetworkBelow,
): Promise<MeterDays> {
  const inputs = new Set([area, ...within].flatMap(({ inputMeters }) => inputMeters.map(({ meterId }) => meterId)));
  const found: MeterDays = new Map();
  const add = (meterId: string, days: Period[]): void => {
    if (days.length > 0 && !inputs.has(meterId)) found.set(meterId, union([...(found.get(meterId) ?? []), ...days]));
  };
  const read = new Set<string>();
  for (const { id, networkElementId } of [area, ...within]) {
    if (networkElementId === undefined) await addAssigned(session, id, period, () => found.size > most, add);
    else if (!read.has(networkElementId)) {
      for (const elementId of await elementsBelow(networkElementId)) read.add(elementId);
      for (const meterId of await metersBelow(networkElementId)) add(meterId, [period]);
    }
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
