/** Lambda entry of `/api/scada/readings/live`. */
import { isGranted } from '../../../layers/kernel/auth/permissions.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { requireStation } from '../../scada/contract.ts';
import { listLive } from './list-live.ts';
import { liveReadings } from './routes.ts';

export const handler = serve(liveReadings, {
  listLiveReadings: async ({ session, principal, query: { stationId, kind }, page }) => {
    if (stationId !== undefined) await requireStation(session, stationId);
    const maySeePoints = isGranted(principal.permissions, 'scada:readings:read');
    const { rows, nextCursor } = await listLive(
      session,
      { stationId, meters: kind !== 'point', points: kind !== 'meter' && maySeePoints },
      page,
    );
    return { data: rows, pagination: { limit: page.limit, nextCursor } };
  },
});
