/** Routes of stations. */
import * as z from 'zod/mini';
import { crudRoutes } from '../../../layers/kernel/crud/crud-routes.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { externalId } from '../../../layers/kernel/schema/common.ts';
import { stationSchema } from './station-entity.ts';

const { deleteStation: _stationsAreNeverDeleted, ...routes } = crudRoutes({
  singular: 'Station',
  plural: 'Stations',
  permission: 'scada:stations',
  schema: stationSchema,
  create: stationSchema,
  id: externalId(),
  filters: { status: z.optional(z.enum(['active', 'inactive'])) },
});

/** A station keeps its code and history for ever, so there is no delete: set its status to `inactive` instead. */
export const stations = defineResource({
  name: 'stations',
  base: '/api/scada/stations',
  title: 'Stations',
  routes,
});
