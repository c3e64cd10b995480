/** Lambda entry of `/api/scada/stations`. */
import { crudOperations } from '../../../layers/kernel/crud/crud-operations.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { listAlarms } from '../alarms/list-alarms.ts';
import { stationCreated, stationUpdated } from '../events.ts';
import { listPoints } from '../points/list-points.ts';
import { presentLast } from '../values/present-value.ts';
import { claimStationCode } from './claim-station-code.ts';
import { readStationStatus } from './read-station-status.ts';
import { stations } from './routes.ts';
import { stationEntity } from './station-entity.ts';

export const handler = serve(
  stations,
  {
    ...crudOperations({
      singular: 'Station',
      plural: 'Stations',
      entity: stationEntity,
      list: { index: 'gsi1', pk: ['STATION'] },
      events: { created: stationCreated, updated: stationUpdated },
      onCreate: (unit, station, request) => claimStationCode(unit, station.id, request.principal!.tenantId),
    }),
    getStationStatus: async ({ session, params }) => ({ data: await readStationStatus(session, params.id) }),
    listStationReadings: async ({ session, params, page }) => {
      const { items, nextCursor } = await listPoints(session, { stationId: params.id }, page);
      return { data: await presentLast(session, items), pagination: { limit: page.limit, nextCursor } };
    },
    listStationAlarms: async ({ session, params, query, page }) => {
      const { items, nextCursor } = await listAlarms(session, { stationId: params.id, ...query }, page);
      return { data: items, pagination: { limit: page.limit, nextCursor } };
    },
  },
  { table: 'scada' },
);
