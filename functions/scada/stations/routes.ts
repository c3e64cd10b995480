/** Routes of stations. */
import * as z from 'zod/mini';
import { crudRoutes, storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { externalId, timestamp, utcTime } from '../../../layers/kernel/schema/common.ts';
import { alarmSchema, alarmStatuses } from '../alarms/alarm-entity.ts';
import { alarmFilters } from '../alarms/routes.ts';
import { linkStates } from '../link-states.ts';
import { lastReading } from '../values/reading-schemas.ts';
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

const params = z.object({ id: externalId() });

/** A station keeps its code and history for ever, so there is no delete: set its status to `inactive` instead. */
export const stations = defineResource({
  name: 'stations',
  base: '/api/scada/stations',
  title: 'Stations',
  routes: {
    ...routes,
    getStationStatus: {
      method: 'GET',
      path: '/{id}/status',
      access: 'scada:stations:read',
      summary: 'How a station is doing: gateway, lines, devices, open alarms.',
      params,
      response: z.object({
        stationId: z.string(),
        status: stationSchema.shape.status,
        /** Null for a station without one. */
        gateway: z.nullable(
          z.object({
            online: z.boolean(),
            since: utcTime(),
            lastSeenAt: utcTime(),
            configurationVersion: z.nullable(z.int()),
            software: z.nullable(z.string()),
            /** Messages it still has to send. */
            bufferedMessages: z.nullable(z.int()),
          }),
        ),
        protocols: z.array(
          z.object({ id: z.string(), state: z.enum(linkStates), since: utcTime(), reason: z.optional(z.string()) }),
        ),
        devices: z.object({
          total: z.int(),
          online: z.int(),
          degraded: z.int(),
          offline: z.int(),
          /** Never heard of. */
          silent: z.int(),
        }),
        openAlarms: z.record(z.string(), z.int()),
      }),
      errors: ['not_found'],
    },
    listStationReadings: {
      method: 'GET',
      path: '/{id}/readings',
      access: 'scada:readings:read',
      summary: 'The last value of each point of a station, by device.',
      params,
      response: z.array(lastReading),
      paginated: true,
      errors: ['not_found'],
    },
    listStationAlarms: {
      method: 'GET',
      path: '/{id}/alarms',
      access: 'scada:alarms:read',
      summary: 'Alarms of a station, newest first.',
      params,
      query: z.object({
        ...alarmFilters,
        status: z.optional(z.enum(alarmStatuses)),
        from: z.optional(timestamp()),
        to: z.optional(timestamp()),
      }),
      response: z.array(storedSchema(alarmSchema)),
      paginated: true,
      errors: ['not_found'],
    },
  },
});
