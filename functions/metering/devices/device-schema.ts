/** A device of the field that talks to the platform by itself: what it is, where it is, and what it should run by. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { externalId, label, utcTime } from '../../../layers/kernel/schema/common.ts';

export const deviceTypes = ['meter', 'concentrator', 'gateway', 'sensor'] as const;
/** `registered` has no credential yet; `retired` has none any more and never comes back. */
export const deviceStatuses = ['registered', 'provisioned', 'retired'] as const;
export const presences = ['unknown', 'online', 'offline'] as const;
export const updateStates = ['downloading', 'installing', 'installed', 'failed'] as const;

export const createDeviceSchema = z.object({
  /** Names it in topics. */
  id: externalId(),
  type: z.enum(deviceTypes),
  serialNumber: externalId(),
  model: label(60),
  stationId: externalId(),
  /** The meter it is, or reads. */
  meterId: z.optional(externalId()),
  /** For rollouts. */
  group: z.optional(externalId()),
  name: z.optional(label(100)),
  /** Silence after which it counts as gone. @default a day */
  offlineAfterMinutes: z._default(z.int().check(z.gte(15), z.lte(43_200)), 1440),
});

export const deviceSchema = z.extend(createDeviceSchema, {
  offlineAfterMinutes: z.int(),
  status: z.enum(deviceStatuses),
  /** Id of its API key. */
  keyId: z.optional(z.string()),
  provisionedAt: z.optional(utcTime()),
  /** The last configuration that was given to it; 0 when there was none. */
  configurationVersion: z.int(),
});

const deviceStateSchema = z.object({
  presence: z.enum(presences),
  lastSeenAt: z.optional(utcTime()),
  /** When it last told of itself, by its clock. */
  reportedAt: z.optional(utcTime()),
  firmwareVersion: z.optional(z.string()),
  /** What it runs by. */
  reportedConfigurationVersion: z.optional(z.int()),
  /** Why it would not take one. */
  configurationProblem: z.optional(z.string()),
  /** What it said last of an update. */
  update: z.optional(
    z.object({
      rolloutId: z.string(),
      state: z.enum(updateStates),
      percent: z.optional(z.number()),
      error: z.optional(z.string()),
      at: utcTime(),
    }),
  ),
});

export const shownDeviceSchema = z.extend(storedSchema(deviceSchema), {
  state: z.extend(deviceStateSchema, {
    /** Whether it runs by what it was given. */
    isInSync: z.boolean(),
  }),
  links: z.object({ configurations: z.string(), commands: z.optional(z.string()), readings: z.optional(z.string()) }),
});

export const credentialsSchema = z.object({
  deviceId: z.string(),
  /** MQTT password, and bearer credential of `GET /api/v1/iot/self`. Shown this once. */
  apiKey: z.string(),
  clientId: z.string(),
  topics: z.object({
    status: z.string(),
    configuration: z.string(),
    /** Of its meter: readings, and its state by which it confirms a command. */
    data: z.optional(z.string()),
    meterStatus: z.optional(z.string()),
    /** Of its meter: what the platform tells it. */
    commands: z.optional(z.string()),
  }),
});

export type Device = z.infer<typeof deviceSchema>;
export type NewDevice = z.infer<typeof createDeviceSchema>;
export type DeviceState = z.infer<typeof deviceStateSchema>;
export type Credentials = z.infer<typeof credentialsSchema>;
