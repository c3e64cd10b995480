/** Lambda entry of `/api/scada/readings/live`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { requireStation } from '../../scada/contract.ts';
import { listMeters } from '../meters/list-meters.ts';
import { readStates } from '../meters/meter-states.ts';
import { latestReading } from '../readings/latest-reading.ts';
import { liveReadings } from './routes.ts';

export const handler = serve(liveReadings, {
  listLiveReadings: async ({ session, query: { stationId }, page }) => {
    if (stationId !== undefined) await requireStation(session, stationId);
    const { items, nextCursor } = await listMeters(session, { stationId }, page);
    const states = await readStates(
      session,
      items.map(({ id }) => id),
    );
    const data = await Promise.all(
      items.map(async (meter) => ({
        meterId: meter.id,
        stationId: meter.stationId,
        status: meter.status,
        reading: await latestReading(session, meter.id, states.get(meter.id)),
      })),
    );
    return { data, pagination: { limit: page.limit, nextCursor } };
  },
});
