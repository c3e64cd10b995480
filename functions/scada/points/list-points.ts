/** Lists points of a device, of a station, or of all. */

import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { equals } from '../../../layers/kernel/data/expressions.ts';
import type { Page, TenantSession } from '../../../layers/kernel/data/session.ts';
import { queryShards } from '../../../layers/kernel/data/sharded-query.ts';
import type { Paging } from '../../../layers/kernel/http/route.ts';
import { requireStation } from '../contract.ts';
import { deviceEntity } from '../devices/device-entity.ts';
import { pointEntity, pointPartitions, stationPoints } from './point-entity.ts';
import type { Point } from './point-schema.ts';

export interface PointFilter {
  stationId?: string | undefined;
  deviceId?: string | undefined;
  pointType?: string | undefined;
  role?: string | undefined;
}

/** @throws AppError `not_found` for a station or device that is not there */
export async function listPoints(
  session: TenantSession,
  { stationId, deviceId, ...equal }: PointFilter,
  page: Paging,
): Promise<Page<Point & Stored>> {
  const filter = equals(equal);
  const device = deviceId === undefined ? undefined : await session.require(deviceEntity, { id: deviceId });
  if (stationId !== undefined) await requireStation(session, stationId);
  const station = stationId ?? device?.stationId;
  if (station === undefined)
    return queryShards(session, pointEntity, {
      index: 'gsi1',
      partitions: pointPartitions,
      sortKeyOf: ({ id }) => [id],
      filter,
      ...page,
    });
  return session.query<Point & Stored>(pointEntity, {
    index: 'gsi2',
    pk: stationPoints(station),
    ...(deviceId === undefined ? {} : { beginsWith: [deviceId, ''] }),
    filter,
    ...page,
  });
}

/** Every point of a station. */
export async function allPointsOf(session: TenantSession, stationId: string): Promise<(Point & Stored)[]> {
  const points: (Point & Stored)[] = [];
  let cursor: string | undefined;
  do {
    const page = await session.query<Point & Stored>(pointEntity, {
      index: 'gsi2',
      pk: stationPoints(stationId),
      limit: 2_000,
      cursor,
    });
    points.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return points;
}
