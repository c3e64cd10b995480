/** What other domains may know of stations and their points. */
import { openGlobalSession, type TenantSession } from '../../layers/kernel/data/session.ts';
import type { Paging } from '../../layers/kernel/http/route.ts';
import { stationClaimEntity, stationEntity } from './stations/station-entity.ts';
import type { NetworkBelow } from './topology/network-below.ts';

export type { NetworkBelow };

/** Which tenant each station code belongs to; codes nobody claimed are missing from the map. Needs read access to table `scada`. */
export async function stationOwners(stationIds: readonly string[]): Promise<Map<string, string>> {
  const claims = await openGlobalSession().getMany(
    stationClaimEntity,
    stationIds.map((id) => ({ id })),
  );
  return new Map(claims.map(({ id, tenantId }) => [id, tenantId]));
}

/** Refuses a station the tenant does not have: `not_found`. */
export async function requireStation(session: TenantSession, stationId: string): Promise<void> {
  await session.require(stationEntity, { id: stationId });
}

/** Codes of all stations of the tenant, at most 1,000. */
export async function stationIdsOf(session: TenantSession): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: { id: string }[]; nextCursor: string | null } = await session.query(stationEntity, {
      index: 'gsi1',
      pk: ['STATION'],
      limit: 200,
      cursor: cursor ?? undefined,
    });
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== null && ids.length < 1000);
  return ids;
}

/**
 * Points of a station, or of all, with their last values, by station or by id. Needs read access to tables `scada` and `telemetry`.
 * @throws AppError `not_found` for a station the tenant does not have
 */
export async function livePoints(session: TenantSession, stationId: string | undefined, page: Paging) {
  const { readLivePoints } = await import('./values/live-points.ts');
  return readLivePoints(session, stationId, page);
}

/** Refuses an element of the network the tenant does not have: `not_found`. Needs read access to table `scada`. */
export async function requireNetworkElement(session: TenantSession, elementId: string): Promise<void> {
  const { elementEntity } = await import('./topology/element-entity.ts');
  await session.require(elementEntity, { id: elementId });
}

/** Refuses a point that is no counter of energy. Needs read access to table `scada`. @throws AppError `not_found`, `unprocessable` */
export async function requireEnergyPoint(session: TenantSession, pointId: string): Promise<void> {
  const counters = await import('./values/energy-counter.ts');
  return counters.requireEnergyPoint(session, pointId);
}

/**
 * What a point that counts energy showed at moments: millionths of a kWh, undefined when values around a moment do not tell.
 * Needs read access to tables `scada` and `telemetry`.
 * @returns undefined when there is no such point, or it counts no energy any more
 */
export async function energyCounter(
  session: TenantSession,
  pointId: string,
): Promise<((atMs: number) => Promise<number | undefined>) | undefined> {
  const counters = await import('./values/energy-counter.ts');
  return counters.energyCounter(session, pointId);
}

/** Refuses a point that measures no active power. Needs read access to table `scada`. @throws AppError `not_found`, `unprocessable` */
export async function requirePowerPoint(session: TenantSession, pointId: string): Promise<void> {
  const powers = await import('./values/power-energy.ts');
  return powers.requirePowerPoint(session, pointId);
}

/**
 * Integrates what a point that measures power recorded over windows of time: all values in them are read, so ask for a month at
 * most. Needs read access to tables `scada` and `telemetry`.
 * @returns undefined when there is no such point, or it measures no power any more
 */
export const energyOfPower: typeof import('./values/power-energy.ts').energyOfPower = async (...given) =>
  (await import('./values/power-energy.ts')).energyOfPower(...given);

/**
 * Reads what hangs on an element of the network as it is built, whatever its switches say now: elements and the meters placed on
 * them, its own included; none for one that is gone. The network is read once for all that is asked. Needs read access to table `scada`.
 */
export async function networkBelow(session: TenantSession): Promise<NetworkBelow> {
  const { readNetworkBelow } = await import('./topology/network-below.ts');
  return readNetworkBelow(session);
}
