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
    applyDeviceProfile: {
      method: 'POST',
      path: '/{id}/profile',
      access: 'scada:devices:write',
      summary: 'Give a device the points of a profile, created or replaced as `{device}.{key}`.',
      description:
        'Profiles are listed at `/api/scada/profiles`. Settings the device needs (order of bytes, limits) are filled in where it has none.',
      params,
      body: z.strictObject({
        profile: z.string().check(z.minLength(1), z.maxLength(100)),
        /** Ratios of the transformers in front of a meter that tells secondary values. */
        pt: z.optional(z.number().check(z.gt(0), z.lte(100_000))),
        ct: z.optional(z.number().check(z.gt(0), z.lte(100_000))),
        scanRateMs: z.optional(z.int().check(z.gte(10), z.lte(86_400_000))),
        /** Of energies and other slow values. */
        slowScanRateMs: z.optional(z.int().check(z.gte(10), z.lte(86_400_000))),
        /** Only these. @default all */
        keys: z.optional(z.array(z.string().check(z.maxLength(64))).check(z.minLength(1), z.maxLength(1_000))),
      }),
      response: z.object({ created: z.int(), replaced: z.int(), pointIds: z.array(z.string()) }),
      status: 200,
      errors: ['not_found', 'unprocessable'],
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
