/** Routes of the device registry: what talks to the platform by itself, its credential, configuration and firmware. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { changesOf } from '../../../layers/kernel/schema/change-schema.ts';
import { externalId, generatedId, utcTime } from '../../../layers/kernel/schema/common.ts';
import {
  createDeviceSchema,
  credentialsSchema,
  deviceSchema,
  deviceStatuses,
  deviceTypes,
  shownDeviceSchema,
} from './device-schema.ts';
import {
  createFirmwareSchema,
  createRolloutSchema,
  firmwareSchema,
  firmwareStatuses,
  rolloutDeviceSchema,
  rolloutSchema,
  rolloutStatuses,
} from './firmware-entity.ts';
import { claimCode, configurationSchema, settingsSchema, uploadSchema } from './route-schemas.ts';

const read = 'metering:devices:read';
const write = 'metering:devices:write';
const provision = 'metering:devices:provision';
const firmwareRead = 'metering:firmware:read';
const firmwareWrite = 'metering:firmware:write';
const params = z.object({ id: externalId() });
const firmware = z.object({ id: generatedId('fwr') });
const rollout = z.object({ id: generatedId('rol') });
const storedFirmware = storedSchema(firmwareSchema);
const counted = z.extend(storedSchema(rolloutSchema), { installed: z.int(), failed: z.int() });

export const iot = defineResource({
  name: 'iot',
  base: '/api/v1/iot',
  title: 'Devices of the field',
  routes: {
    listIotDevices: {
      method: 'GET',
      path: '/devices',
      access: read,
      summary: 'List devices by id, with when each was last heard.',
      description: 'For meters “last heard” is up to six hours old here; the device itself tells it exactly.',
      query: z.object({
        type: z.optional(z.enum(deviceTypes)),
        status: z.optional(z.enum(deviceStatuses)),
        stationId: z.optional(externalId()),
        model: z.optional(createDeviceSchema.shape.model),
        group: z.optional(externalId()),
      }),
      response: z.array(shownDeviceSchema),
      paginated: true,
    },
    registerIotDevice: {
      method: 'POST',
      path: '/devices',
      access: write,
      summary: 'Register a device.',
      body: createDeviceSchema,
      response: storedSchema(deviceSchema),
      errors: ['already_exists', 'not_found', 'unprocessable'],
    },
    importIotDevices: {
      method: 'POST',
      path: '/devices/import',
      access: provision,
      summary: 'Register up to 200 devices from CSV, and give them their credentials if wanted.',
      description:
        'The first line names the columns, which are the fields of a device. Each line has its own outcome. The credentials are shown this once.',
      body: z.object({ csv: z.string().check(z.maxLength(200_000)), provision: z._default(z.boolean(), false) }),
      response: z.object({
        registered: z.int(),
        lines: z.array(
          z.object({
            line: z.int(),
            deviceId: z.optional(z.string()),
            problem: z.optional(z.string()),
            credentials: z.optional(credentialsSchema),
          }),
        ),
      }),
      status: 200,
      errors: ['unprocessable'],
      // A repeated answer would have to keep the credentials.
      idempotent: false,
    },
    getIotDevice: {
      method: 'GET',
      path: '/devices/{id}',
      access: read,
      summary: 'Get a device: what it should be, what it says it is, and when it was last heard.',
      params,
      response: shownDeviceSchema,
      errors: ['not_found'],
    },
    updateIotDevice: {
      method: 'PUT',
      path: '/devices/{id}',
      access: write,
      summary: 'Change a device. `If-Match` guards against lost updates.',
      description:
        'One that moves to another station loses its credential, which is of the old one: provision it anew.',
      params,
      body: changesOf(createDeviceSchema, { fixed: ['id', 'serialNumber', 'type'], removable: true }),
      response: storedSchema(deviceSchema),
      errors: ['not_found', 'version_conflict', 'conflict', 'unprocessable'],
    },
    retireIotDevice: {
      method: 'POST',
      path: '/devices/{id}/retire',
      access: write,
      summary: 'Retire a device: its credential ends and never comes back.',
      params,
      response: storedSchema(deviceSchema),
      status: 200,
      errors: ['not_found', 'conflict', 'version_conflict'],
    },
    getIotDeviceHistory: { ...historyRoute(read, 'device', params), path: '/devices/{id}/history' },
    provisionIotDevice: {
      method: 'POST',
      path: '/devices/{id}/provision',
      access: provision,
      summary: 'Give a device its credential; an earlier one ends.',
      description:
        'The answer holds it; it cannot be shown again. It reaches the topics of the device itself and, where it reads for others of its station, theirs.',
      params,
      response: credentialsSchema,
      errors: ['not_found', 'conflict', 'version_conflict'],
      idempotent: false,
    },
    narrowIotCredential: {
      method: 'POST',
      path: '/devices/{id}/narrow-credential',
      access: provision,
      summary: 'Let the credential a device has reach what one given now would; its secret stays.',
      description:
        'For credentials from before they were bound to paths, which reach their whole station: `GET /api/v1/developer/api-keys?mqttReach=stations` lists them. An open connection notices within an hour.',
      params,
      response: z.object({ deviceId: z.string(), keyId: z.string(), mqttPaths: z.array(z.string()) }),
      status: 200,
      errors: ['not_found', 'conflict', 'unprocessable'],
    },
    makeClaimCode: {
      method: 'POST',
      path: '/devices/{id}/claim-codes',
      access: provision,
      summary: 'Make a one-time code by which the device gets its credential within a week.',
      params,
      response: z.object({ code: z.string(), expiresAt: utcTime() }),
      errors: ['not_found', 'conflict'],
      idempotent: false,
    },
    claimIotDevice: {
      method: 'POST',
      path: '/claim',
      access: 'public',
      summary: 'Exchange a claim code and the serial number on the device for its credential.',
      body: z.strictObject({ code: claimCode(), serialNumber: externalId() }),
      response: credentialsSchema,
      errors: ['invalid_credentials', 'conflict'],
    },
    listIotConfigurations: {
      method: 'GET',
      path: '/devices/{id}/configurations',
      access: read,
      summary: 'List the configurations a device was given, the newest first.',
      params,
      response: z.array(configurationSchema),
      paginated: true,
      errors: ['not_found'],
    },
    issueIotConfiguration: {
      method: 'POST',
      path: '/devices/{id}/configurations',
      access: write,
      summary: 'Give a device a configuration.',
      description:
        'It is published retained to the device’s topic. The device shows in its status which version it runs by.',
      params,
      body: z.object({ settings: settingsSchema }),
      response: configurationSchema,
      errors: ['not_found', 'conflict'],
    },
    getIotSelf: {
      method: 'GET',
      path: '/self',
      access: 'metering:readings:publish',
      summary: 'What a device should run by, asked with its own credential.',
      description: 'The address of a firmware is good for an hour; ask again for another.',
      response: z.object({
        deviceId: z.string(),
        stationId: z.string(),
        topics: credentialsSchema.shape.topics,
        configuration: z.nullable(
          z.object({ version: z.int(), settings: z.record(z.string(), z.unknown()), sha256: z.string() }),
        ),
        firmware: z.nullable(
          z.object({
            rolloutId: z.string(),
            firmwareVersion: z.string(),
            sizeBytes: z.int(),
            sha256: z.string(),
            url: z.string(),
            expiresIn: z.int(),
          }),
        ),
      }),
      errors: ['not_found'],
    },
    listFirmware: {
      method: 'GET',
      path: '/firmware',
      access: firmwareRead,
      summary: 'List firmware, the newest first.',
      query: z.object({
        model: z.optional(createFirmwareSchema.shape.model),
        status: z.optional(z.enum(firmwareStatuses)),
      }),
      response: z.array(storedFirmware),
      paginated: true,
    },
    announceFirmware: {
      method: 'POST',
      path: '/firmware',
      access: firmwareWrite,
      summary: 'Announce a firmware and get the address to upload it to.',
      description: 'S3 takes exactly the announced bytes. Send them by PUT with the headers of the answer.',
      body: createFirmwareSchema,
      response: z.object({ firmware: storedFirmware, upload: uploadSchema }),
      errors: ['already_exists'],
      idempotent: false,
    },
    getFirmware: {
      method: 'GET',
      path: '/firmware/{id}',
      access: firmwareRead,
      summary: 'Get a firmware.',
      params: firmware,
      response: storedFirmware,
      errors: ['not_found'],
    },
    uploadFirmwareAgain: {
      method: 'POST',
      path: '/firmware/{id}/upload',
      access: firmwareWrite,
      summary: 'Get another address to upload the file of a draft to.',
      params: firmware,
      response: uploadSchema,
      status: 200,
      errors: ['not_found', 'conflict'],
      idempotent: false,
    },
    releaseFirmware: {
      method: 'POST',
      path: '/firmware/{id}/release',
      access: firmwareWrite,
      summary: 'Release a firmware whose file is there and is the announced one.',
      params: firmware,
      response: storedFirmware,
      status: 200,
      errors: ['not_found', 'conflict', 'unprocessable'],
    },
    withdrawFirmware: {
      method: 'POST',
      path: '/firmware/{id}/withdraw',
      access: firmwareWrite,
      summary: 'Withdraw a firmware: it is offered to nobody any more.',
      params: firmware,
      response: storedFirmware,
      status: 200,
      errors: ['not_found'],
    },
    getFirmwareFile: {
      method: 'GET',
      path: '/firmware/{id}/file',
      access: firmwareRead,
      summary: 'Get an address of the file, good for an hour.',
      params: firmware,
      response: z.object({ url: z.string(), expiresIn: z.int() }),
      errors: ['not_found'],
    },
    listRollouts: {
      method: 'GET',
      path: '/rollouts',
      access: firmwareRead,
      summary: 'List rollouts, the newest first.',
      query: z.object({ status: z.optional(z.enum(rolloutStatuses)), firmwareId: z.optional(generatedId('fwr')) }),
      response: z.array(storedSchema(rolloutSchema)),
      paginated: true,
    },
    startRollout: {
      method: 'POST',
      path: '/rollouts',
      access: firmwareWrite,
      summary: 'Offer a released firmware to devices of its model: all, a group, or a share.',
      body: createRolloutSchema,
      response: storedSchema(rolloutSchema),
      errors: ['not_found', 'conflict'],
    },
    getRollout: {
      method: 'GET',
      path: '/rollouts/{id}',
      access: firmwareRead,
      summary: 'Get a rollout and how many updates ended how.',
      params: rollout,
      response: counted,
      errors: ['not_found'],
    },
    changeRollout: {
      method: 'PUT',
      path: '/rollouts/{id}',
      access: firmwareWrite,
      summary: 'Widen, pause, resume or cancel a rollout.',
      params: rollout,
      body: z.partial(
        z.object({
          status: z.enum(rolloutStatuses),
          percent: z.int().check(z.gte(0), z.lte(100)),
          maxFailurePercent: z.int().check(z.gte(0), z.lte(100)),
          minEnded: z.int().check(z.gte(1), z.lte(1000)),
        }),
      ),
      response: storedSchema(rolloutSchema),
      errors: ['not_found', 'conflict'],
    },
    listRolloutDevices: {
      method: 'GET',
      path: '/rollouts/{id}/devices',
      access: firmwareRead,
      summary: 'List devices whose update ended, and how.',
      params: rollout,
      response: z.array(rolloutDeviceSchema),
      paginated: true,
      errors: ['not_found'],
    },
  },
});
