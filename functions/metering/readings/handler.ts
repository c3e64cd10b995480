/** Lambda entry of `/api/billing/readings`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { addReadings } from './add-readings.ts';
import { sourceOf } from './reading-source.ts';
import { readings } from './routes.ts';

export const handler = serve(
  readings,
  {
    addReadings: ({ session, body, principal, locale }) =>
      addReadings(session, { readings: body.readings, source: sourceOf(principal), locale }),
  },
  { table: 'metering' },
);
