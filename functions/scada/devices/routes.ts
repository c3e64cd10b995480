/** Routes of devices. */
import * as z from 'zod/mini';
import { crudRoutes } from '../../../layers/kernel/crud/crud-routes.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { changesOf } from '../../../layers/kernel/schema/change-schema.ts';
import { externalId, utcTime } from '../../../layers/kernel/schema/common.ts';
import { commandAnswer, commandBody, commandDescription } from '../controls/routes.ts';
import { linkStateSchema } from '../link-states.ts';
import { lastReading } from '../values/reading-schemas.ts';
import { createDeviceSchema, deviceSchema, deviceTypes } from './device-entity.ts';

const params = z.object({ id: externalId() });

export const devices = defineResource({
  name: 'devices',
  base: '/api/scada/devices',
  title: 'Devices',
  routes: {
    ...crudRoutes({
      singular: 'Device',
      plural: 'Devices',
      permission: 'scada:devices',
      schema: z.extend(deviceSchema, { connectionStatus: linkStateSchema.shape.state }),
      create: createDeviceSchema,
      update: changesOf(createDeviceSchema, { fixed: ['id', 'stationId'], removable: true }),
      id: externalId(),
      filters: {
        stationId: z.optional(externalId()),
        protocolId: z.optional(externalId()),
        type: z.optional(z.enum(deviceTypes)),
      },
    }),
    getDeviceStatus: {
      method: 'GET',
      path: '/{id}/status',
      access: 'scada:devices:read',
      summary: 'How a device is doing: its connection, its points by quality, its last value.',
      params,
      response: z.extend(linkStateSchema, {
        deviceId: z.string(),
        stationId: z.string(),
        isActive: z.boolean(),
        protocol: z.extend(linkStateSchema, { id: z.string() }),
        points: z.object({
          total: z.int(),
          good: z.int(),
          uncertain: z.int(),
          bad: z.int(),
          stale: z.int(),
          /** Never reported. */
          silent: z.int(),
        }),
        lastValueAt: z.nullable(utcTime()),
      }),
      errors: ['not_found'],
    },
    listDeviceReadings: {
      method: 'GET',
      path: '/{id}/readings',
      access: 'scada:readings:read',
      summary: 'The last value of each point of a device.',
      params,
      response: z.array(lastReading),
      paginated: true,
      errors: ['not_found'],
    },
    commandDevice: {
      method: 'POST',
      path: '/{id}/command',
      access: 'scada:controls:execute',
      summary: 'Give a command to a control point of a device.',
      description: commandDescription,
      params,
      body: z.strictObject({ pointId: externalId(), ...commandBody }),
      response: commandAnswer,
      status: 202,
      errors: ['not_found', 'conflict', 'unprocessable'],
    },
  },
});
