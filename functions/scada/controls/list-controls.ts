/** Lists control points with what an operator must know before giving a command. */
import { equals } from '../../../layers/kernel/data/expressions.ts';
import type { Page, TenantSession } from '../../../layers/kernel/data/session.ts';
import type { Paging } from '../../../layers/kernel/http/route.ts';
import { requireStation } from '../contract.ts';
import { type ControlListing, controlListingEntity, controlPartition, pointEntity } from '../points/point-entity.ts';
import type { Point } from '../points/point-schema.ts';
import { isControl } from '../points/write-points.ts';
import { readLastValues } from '../values/last-values.ts';
import { presentSample } from '../values/present-value.ts';

export async function listControls(session: TenantSession, stationId: string | undefined, page: Paging) {
  if (stationId !== undefined) await requireStation(session, stationId);
  const listed: Page<ControlListing> = await session.query(controlListingEntity, {
    pk: controlPartition,
    filter: equals({ stationId }),
    ...page,
  });
  const points = (
    await session.getMany(
      pointEntity,
      listed.items.map(({ id }) => ({ id })),
    )
  )
    .filter(isControl)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return { items: await present(session, points), nextCursor: listed.nextCursor };
}

async function present(session: TenantSession, points: readonly Point[]) {
  const readBackIds = points.flatMap(({ control }) => (control?.readBack ? [control.readBack.pointId] : []));
  const readBacks = await session.getMany(
    pointEntity,
    [...new Set(readBackIds)].map((id) => ({ id })),
  );
  const last = await readLastValues(
    session,
    [...points, ...readBacks].map(({ deviceId }) => deviceId),
  );
  const reading = (pointId: string | undefined) => {
    const sample = pointId === undefined ? undefined : last.get(pointId);
    return sample === undefined ? null : presentSample(sample);
  };
  return points.map((point) => ({
    id: point.id,
    name: point.name,
    stationId: point.stationId,
    deviceId: point.deviceId,
    pointType: point.pointType,
    unit: point.unit ?? null,
    mode: point.control?.mode ?? ('direct' as const),
    interlock: point.control?.interlock ?? null,
    readBackPointId: point.control?.readBack?.pointId ?? null,
    approval: point.approval,
    lowLimit: point.lowLimit ?? null,
    highLimit: point.highLimit ?? null,
    reading: reading(point.id),
    readBack: reading(point.control?.readBack?.pointId),
  }));
}
