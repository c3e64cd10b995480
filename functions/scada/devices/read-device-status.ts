/** How a device is doing, put together from what its gateway told of its connection and of its points. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isoTime } from '../../../layers/metering/reading-time.ts';
import { neverHeard, readLinkStates } from '../link-states.ts';
import { pointEntity, stationPoints } from '../points/point-entity.ts';
import type { Point } from '../points/point-schema.ts';
import { readLastValues } from '../values/last-values.ts';
import { deviceEntity } from './device-entity.ts';

export async function readDeviceStatus(session: TenantSession, deviceId: string) {
  const device = await session.require(deviceEntity, { id: deviceId });
  const { stationId, protocolId, isActive } = device;
  const [states, lines, points, last] = await Promise.all([
    readLinkStates(session, 'device', [device]),
    readLinkStates(session, 'protocol', [{ id: protocolId, stationId }]),
    pointIdsOf(session, stationId, deviceId),
    readLastValues(session, [deviceId]),
  ]);
  const counts = { total: points.length, good: 0, uncertain: 0, bad: 0, stale: 0, silent: 0 };
  let newest = 0;
  for (const id of points) {
    const sample = last.get(id);
    counts[sample?.quality ?? 'silent'] += 1;
    newest = Math.max(newest, sample?.timeMs ?? 0);
  }
  return {
    deviceId,
    stationId,
    isActive,
    ...(states.get(deviceId) ?? neverHeard),
    protocol: { id: protocolId, ...(lines.get(protocolId) ?? neverHeard) },
    points: counts,
    lastValueAt: newest === 0 ? null : isoTime(newest),
  };
}

/** Active points of a device. */
async function pointIdsOf(session: TenantSession, stationId: string, deviceId: string): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await session.query<Point>(pointEntity, {
      index: 'gsi2',
      pk: stationPoints(stationId),
      beginsWith: [deviceId, ''],
      limit: 1_000,
      cursor,
    });
    for (const { id, isActive } of page.items) if (isActive) ids.push(id);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return ids;
}
