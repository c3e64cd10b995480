/** Points as answered: with their protocol and last value, which are kept elsewhere. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isoTime } from '../../../layers/metering/reading-time.ts';
import { deviceEntity } from '../devices/device-entity.ts';
import { readLastValues } from '../values/last-values.ts';
import { presentValue } from '../values/present-value.ts';
import type { Point } from './point-schema.ts';

export async function presentPoints(session: TenantSession, points: readonly (Point & Stored)[]) {
  const deviceIds = [...new Set(points.map(({ deviceId }) => deviceId))];
  const [devices, last] = await Promise.all([
    session.getMany(
      deviceEntity,
      deviceIds.map((id) => ({ id })),
    ),
    readLastValues(session, deviceIds),
  ]);
  const protocolOf = new Map(devices.map(({ id, protocolId }) => [id, protocolId]));
  return points.map((point) => {
    const sample = last.get(point.id);
    return {
      ...point,
      protocolId: protocolOf.get(point.deviceId) ?? null,
      lastValue: sample ? presentValue(sample.value) : null,
      lastQuality: sample?.quality ?? null,
      lastTimestamp: sample ? isoTime(sample.timeMs) : null,
    };
  });
}
