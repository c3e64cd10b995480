/** Route for the latest of every meter and every data point. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { externalId, utcTime } from '../../../layers/kernel/schema/common.ts';
import { readingSchema } from '../readings/reading-schema.ts';

const meterRow = z.object({
  kind: z.literal('meter'),
  meterId: z.string(),
  stationId: z.string(),
  status: z.string(),
  reading: z.nullable(readingSchema),
});

const pointRow = z.object({
  kind: z.literal('point'),
  pointId: z.string(),
  deviceId: z.string(),
  stationId: z.string(),
  name: z.string(),
  unit: z.nullable(z.string()),
  value: z.nullable(
    z.object({
      value: z.nullable(z.union([z.number(), z.boolean(), z.string()])),
      quality: z.enum(['good', 'uncertain', 'bad', 'stale']),
      time: utcTime(),
      reason: z.optional(z.string()),
      timeUncertain: z.optional(z.boolean()),
    }),
  ),
});

export const liveReadings = defineResource({
  name: 'live-readings',
  base: '/api/scada/readings/live',
  title: 'Live readings',
  routes: {
    listLiveReadings: {
      method: 'GET',
      path: '',
      access: 'metering:readings:read',
      summary: 'The latest reading of each meter, then the latest value of each data point, of one station or of all.',
      description:
        '`reading` and `value` are null for what never reported. Data points are there for who holds `scada:readings:read`. For changes as they come, listen on the WebSocket.',
      query: z.object({
        stationId: z.optional(externalId()),
        /** Leaves the others out. */
        kind: z.optional(z.enum(['meter', 'point'])),
      }),
      response: z.array(z.discriminatedUnion('kind', [meterRow, pointRow])),
      paginated: true,
      errors: ['not_found'],
    },
  },
});
