/** Route for readings of many meters in one request. */
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { outcomeSchema, readingsBody } from './reading-schema.ts';

export const readings = defineResource({
  name: 'readings',
  base: '/api/billing/readings',
  title: 'Readings',
  routes: {
    addReadings: {
      method: 'POST',
      path: '',
      access: 'metering:readings:write',
      summary: 'Hand in up to 500 readings of any meters.',
      description: 'Each is judged by itself: 201 when all were accepted, 207 when some were not.',
      body: readingsBody,
      response: outcomeSchema,
      errors: ['unavailable'],
    },
  },
});
