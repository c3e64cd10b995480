/** Events of the device registry. */
import * as z from 'zod/mini';
import { defineEvent } from '../../../layers/kernel/events/define-event.ts';
import { utcTime } from '../../../layers/kernel/schema/common.ts';
import { deviceSchema, presences } from './device-schema.ts';

const base = { source: 'metering', schemaVersion: 1, aggregateType: 'device' } as const;
const device = {
  id: 'DCU-01',
  type: 'concentrator' as const,
  serialNumber: 'SN-0001',
  model: 'DCU-200',
  stationId: 'ST-001',
  offlineAfterMinutes: 1440,
  status: 'registered' as const,
  configurationVersion: 0,
};

const deviceEvent = <const T extends string>(type: T, en: string, ar: string) =>
  defineEvent({ ...base, type, summary: { en, ar }, payload: deviceSchema, example: device });

export const deviceRegistered = deviceEvent('iot.device_registered', 'A device was registered.', 'سُجّل جهاز.');
export const deviceProvisioned = deviceEvent(
  'iot.device_provisioned',
  'A device was given its credential.',
  'مُنح جهاز بيانات اعتماده.',
);
export const deviceRetired = deviceEvent('iot.device_retired', 'A device was retired.', 'أُخرج جهاز من الخدمة.');

export const credentialEnded = defineEvent({
  ...base,
  type: 'iot.credential_ended',
  summary: { en: 'The credential of a device is no longer good.', ar: 'لم تعد بيانات اعتماد جهاز صالحة.' },
  payload: z.object({ deviceId: z.string(), keyId: z.string(), endedBy: z.string() }),
  example: {
    deviceId: 'DCU-01',
    keyId: 'key_01JGFJJZ00ABCDEFGHJKMNPQRS',
    endedBy: 'usr_01JGFJJZ00ABCDEFGHJKMNPQRS',
  },
});

export const configurationIssued = defineEvent({
  ...base,
  type: 'iot.configuration_issued',
  summary: { en: 'A device was given a configuration.', ar: 'أُعطي جهاز إعدادات.' },
  payload: z.object({
    deviceId: z.string(),
    version: z.int(),
    /** Where it was until now: nothing is kept for it there. */
    previousStationId: z.optional(z.string()),
  }),
  example: { deviceId: 'DCU-01', version: 3 },
});

export const configurationReported = defineEvent({
  ...base,
  type: 'iot.configuration_reported',
  summary: { en: 'A device told which configuration it runs by.', ar: 'أبلغ جهاز بالإعدادات التي يعمل بها.' },
  payload: z.object({ deviceId: z.string(), version: z.optional(z.int()), problem: z.optional(z.string()) }),
  example: { deviceId: 'DCU-01', version: 3 },
});

export const devicePresenceChanged = defineEvent({
  ...base,
  type: 'iot.device_presence_changed',
  summary: { en: 'A device fell silent or is back.', ar: 'صمت جهاز أو عاد.' },
  payload: z.object({
    deviceId: z.string(),
    stationId: z.string(),
    previous: z.enum(presences),
    presence: z.enum(presences),
    lastSeenAt: z.optional(utcTime()),
  }),
  example: {
    deviceId: 'DCU-01',
    stationId: 'ST-001',
    previous: 'online' as const,
    presence: 'offline' as const,
    lastSeenAt: '2026-06-14T09:00:00.000Z',
  },
});

export const firmwareReported = defineEvent({
  ...base,
  type: 'iot.firmware_reported',
  summary: { en: 'An update of a device ended.', ar: 'انتهى تحديث جهاز.' },
  payload: z.object({
    deviceId: z.string(),
    rolloutId: z.string(),
    firmwareId: z.string(),
    state: z.enum(['installed', 'failed']),
    error: z.optional(z.string()),
  }),
  example: {
    deviceId: 'DCU-01',
    rolloutId: 'rol_01JGFJJZ00ABCDEFGHJKMNPQRS',
    firmwareId: 'fwr_01JGFJJZ00ABCDEFGHJKMNPQRS',
    state: 'installed' as const,
  },
});

export const iotEvents = [
  deviceRegistered,
  deviceProvisioned,
  deviceRetired,
  credentialEnded,
  configurationIssued,
  configurationReported,
  devicePresenceChanged,
  firmwareReported,
];
