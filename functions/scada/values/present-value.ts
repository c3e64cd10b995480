/** Values as answers carry them: what JSON cannot hold exactly is text. */
import type * as z from 'zod/mini';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isoTime } from '../../../layers/metering/reading-time.ts';
import type { PointSample } from '../../../layers/scada/value-chunk.ts';
import type { PointValue } from '../../../layers/station/point-value.ts';
import type { Point } from '../points/point-schema.ts';
import { readLastValues } from './last-values.ts';
import type { lastReading, readingSchema } from './reading-schemas.ts';

export function presentValue(value: PointValue | undefined): number | boolean | string | null {
  if (value === undefined) return null;
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return value;
}

export function presentSample({
  value,
  quality,
  timeMs,
  reason,
  timeUncertain,
}: PointSample): z.infer<typeof readingSchema> {
  return {
    value: presentValue(value),
    quality,
    time: isoTime(timeMs),
    ...(reason === undefined ? {} : { reason }),
    ...(timeUncertain === undefined ? {} : { timeUncertain }),
  };
}

/** Points with their last values. */
export async function presentLast(
  session: TenantSession,
  points: readonly Point[],
): Promise<z.infer<typeof lastReading>[]> {
  const last = await readLastValues(
    session,
    points.map(({ deviceId }) => deviceId),
  );
  return points.map(({ id, deviceId, stationId, name, unit }) => {
    const sample = last.get(id);
    return {
      pointId: id,
      deviceId,
      stationId,
      name,
      unit: unit ?? null,
      reading: sample === undefined ? null : presentSample(sample),
    };
  });
}
