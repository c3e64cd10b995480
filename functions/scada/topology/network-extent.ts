/** How much of the network is behind something: its transformers and the number of its meters. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { elementsBehind } from '../../../layers/scada/topology.ts';
import { type MeterPlace, meterPlaceEntity, metersOf } from './element-entity.ts';
import { type LoadedNetwork, loadNetwork } from './load-network.ts';

export interface Extent {
  transformerIds: string[];
  meterCount: number;
}

/** What hangs on an element, as the switches are. */
export async function extentOf(session: TenantSession, elementId: string): Promise<Extent> {
  const network = await loadNetwork(session);
  const { elementIds } = elementsBehind(network, elementId);
  return countExtent(session, network, elementIds);
}

export async function countExtent(
  session: TenantSession,
  { elements }: Pick<LoadedNetwork, 'elements'>,
  elementIds: readonly string[],
): Promise<Extent> {
  const meters = await metersBehind(session, elementIds);
  return {
    transformerIds: elementIds.filter((id) => elements.get(id)?.kind === 'transformer').sort(),
    meterCount: meters.length,
  };
}

/** Elements asked at the same time. */
const parallel = 25;

/** Meters of the elements, in order of elements and meters. */
export async function metersBehind(session: TenantSession, elementIds: readonly string[]): Promise<MeterPlace[]> {
  const places: MeterPlace[] = [];
  const sorted = [...elementIds].sort();
  for (let start = 0; start < sorted.length; start += parallel) {
    const found = await Promise.all(sorted.slice(start, start + parallel).map((id) => metersOn(session, id)));
    places.push(...found.flat());
  }
  return places;
}

async function metersOn(session: TenantSession, elementId: string): Promise<MeterPlace[]> {
  const places: MeterPlace[] = [];
  let cursor: string | undefined;
  do {
    const page = await session.query<MeterPlace>(meterPlaceEntity, {
      index: 'gsi1',
      pk: metersOf(elementId),
      limit: 1_000,
      cursor,
    });
    places.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return places;
}
