/** Lambda entry of `/api/scada/stations`. */
import { crudOperations } from '../../../layers/kernel/crud/crud-operations.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { stationCreated, stationUpdated } from '../events.ts';
import { claimStationCode } from './claim-station-code.ts';
import { stations } from './routes.ts';
import { stationEntity } from './station-entity.ts';

export const handler = serve(
  stations,
  crudOperations({
    singular: 'Station',
    plural: 'Stations',
    entity: stationEntity,
    list: { index: 'gsi1', pk: ['STATION'] },
    events: { created: stationCreated, updated: stationUpdated },
    onCreate: (unit, station, request) => claimStationCode(unit, station.id, request.principal!.tenantId),
  }),
  { table: 'scada' },
);
