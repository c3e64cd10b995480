/** Values of points as answers carry them. */
import * as z from 'zod/mini';
import { utcTime } from '../../../layers/kernel/schema/common.ts';
import { qualities } from '../../../layers/station/point-value.ts';

export const pointValue = z.union([z.number(), z.boolean(), z.string()]);

export const readingSchema = z.object({
  /** Null only where nothing is known. Counters beyond 2^53 and octet strings (base64) are text. */
  value: z.nullable(pointValue),
  quality: z.enum(qualities),
  /** When it happened, by the clock nearest to it. */
  time: utcTime(),
  /** Why it is not good. */
  reason: z.optional(z.string()),
  /** The time is one the device itself calls unsynchronised. */
  timeUncertain: z.optional(z.boolean()),
});

/** Last value of a point; `reading` is null for a point that never reported. */
export const lastReading = z.object({
  pointId: z.string(),
  deviceId: z.string(),
  stationId: z.string(),
  name: z.string(),
  unit: z.nullable(z.string()),
  reading: z.nullable(readingSchema),
});
