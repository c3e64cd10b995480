/** Route for the latest reading of every meter. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { externalId } from '../../../layers/kernel/schema/common.ts';
import { readingSchema } from '../readings/reading-schema.ts';

export const liveReadings = defineResource({
  name: 'live-readings',
  base: '/api/scada/readings/live',
  title: 'Live readings',
  routes: {
    listLiveReadings: {
      method: 'GET',
      path: '',
      access: 'metering:readings:read',
      summary: 'The latest reading of each meter, of one station or of all, by meter number.',
      description:
        '`reading` is null for a meter that never reported. For changes as they come, listen on the WebSocket.',
      query: z.object({ stationId: z.optional(externalId()) }),
      response: z.array(
        z.object({
          meterId: z.string(),
          stationId: z.string(),
          status: z.string(),
          reading: z.nullable(readingSchema),
        }),
      ),
      paginated: true,
      errors: ['not_found'],
    },
  },
});
