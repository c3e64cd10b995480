/** Lambda entry of `/api/scada/readings`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { aggregateOf, historyOf, periodOf } from './read-series.ts';
import { readings } from './routes.ts';

export const handler = serve(readings, {
  listReadingHistory: async ({ session, query: { pointIds, from, to, limit } }) => ({
    data: await historyOf(session, pointIds, periodOf(from, to, Date.now()), limit),
  }),
  aggregateReadings: async ({ session, query: { pointIds, from, to, window, quality, timeZone } }) => ({
    data: await aggregateOf(session, pointIds, { ...periodOf(from, to, Date.now()), window, quality, timeZone }),
  }),
});
