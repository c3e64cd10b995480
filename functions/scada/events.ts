/** Events the scada domain publishes; those of alarms and of the network are in files of their own. */
import * as z from 'zod/mini';
import { storedSchema } from '../../layers/kernel/crud/crud-routes.ts';
import { defineEvent } from '../../layers/kernel/events/define-event.ts';
import { utcTime } from '../../layers/kernel/schema/common.ts';
import { versionSchema } from './configurations/version-entity.ts';
import { commandSchema } from './controls/command-entity.ts';
import { stationSchema } from './stations/station-entity.ts';

export * from './alarm-events.ts';
export * from './network-events.ts';

const source = 'scada';

const station = {
  id: 'ST-001',
  name: 'North substation',
  nameAr: 'محطة الشمال',
  capacityKw: 2500,
  status: 'active' as const,
  version: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
};

export const stationCreated = defineEvent({
  type: 'station.created',
  source,
  schemaVersion: 1,
  aggregateType: 'station',
  summary: { en: 'A station was added.', ar: 'أُضيفت محطة.' },
  payload: storedSchema(stationSchema),
  example: station,
});

export const stationUpdated = defineEvent({
  type: 'station.updated',
  source,
  schemaVersion: 1,
  aggregateType: 'station',
  summary: { en: 'A station was changed.', ar: 'عُدّلت محطة.' },
  payload: storedSchema(stationSchema),
  example: { ...station, version: 2 },
});

const configuration = {
  stationId: 'ST-001',
  configurationVersion: 12,
  issuedAt: '2026-01-01T00:00:00.000Z',
  publishedBy: 'usr_01KDYB0000000000000000000A',
  sha256: 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9',
  parts: 1,
  counts: { connections: 2, devices: 5, points: 240, derivedPoints: 3 },
};

const configurationEvent = <const T extends string>(type: T, en: string, ar: string, example: object = {}) =>
  defineEvent({
    type,
    source,
    schemaVersion: 1,
    aggregateType: 'station',
    summary: { en, ar },
    payload: versionSchema,
    example: { ...configuration, ...example },
  });

export const configurationPublished = configurationEvent(
  'station.configuration_published',
  'A configuration was published for the gateway of a station.',
  'نُشر إعداد لبوابة إحدى المحطات.',
);
export const configurationApplied = configurationEvent(
  'station.configuration_applied',
  'The gateway of a station runs by a new configuration.',
  'بدأت بوابة إحدى المحطات العمل بإعداد جديد.',
  { outcome: { status: 'applied', at: '2026-01-01T00:00:05.000Z' } },
);
export const configurationRefused = configurationEvent(
  'station.configuration_refused',
  'The gateway of a station refused a configuration and runs by the one before.',
  'رفضت بوابة إحدى المحطات إعدادًا وبقيت على السابق.',
  {
    outcome: {
      status: 'refused',
      at: '2026-01-01T00:00:05.000Z',
      stage: 'invalid',
      problems: [{ path: 'points[BUS1.V].address', message: 'There is no such register.' }],
    },
  },
);

/** A gateway, a device or its line came or went. */
const linkPayload = z.object({
  stationId: z.string(),
  /** What it is about; neither for the gateway itself. */
  deviceId: z.optional(z.string()),
  protocolId: z.optional(z.string()),
  previousState: z.string(),
  state: z.string(),
  reason: z.optional(z.string()),
  time: utcTime(),
});
const linkExample = {
  stationId: 'ST-001',
  previousState: 'online',
  state: 'offline',
  time: '2026-01-01T10:30:00.000Z',
};

const linkEvent = <const T extends string>(type: T, aggregateType: string, en: string, ar: string, example: object) =>
  defineEvent({
    type,
    source,
    schemaVersion: 1,
    aggregateType,
    summary: { en, ar },
    payload: linkPayload,
    example: { ...linkExample, ...example },
  });

export const gatewayStatusChanged = linkEvent(
  'gateway.status_changed',
  'gateway',
  'The gateway of a station came online or went silent.',
  'اتصلت بوابة إحدى المحطات أو انقطعت.',
  { reason: 'Nothing was heard for 3 minutes.' },
);
export const protocolStatusChanged = linkEvent(
  'protocol.status_changed',
  'protocol',
  'A line of a station was established or lost.',
  'اتصل خط من خطوط إحدى المحطات أو انقطع.',
  { protocolId: 'rtu-line', reason: 'connection refused' },
);
export const deviceStatusChanged = linkEvent(
  'device.status_changed',
  'device',
  'A device of a station answers or does not answer any more.',
  'صار جهاز في إحدى المحطات يجيب أو لم يعد يجيب.',
  { deviceId: 'RTU1', protocolId: 'rtu-line', reason: 'no answer within 1000 ms' },
);

export const commandUpdated = defineEvent({
  type: 'control.command_updated',
  source,
  schemaVersion: 1,
  aggregateType: 'control',
  summary: { en: 'A command to a station took a step.', ar: 'تقدّم أمر مُرسل إلى إحدى المحطات خطوة.' },
  payload: commandSchema,
  example: {
    id: 'cmd_01KDYB1T2M3N4P5Q6R7S8T9V0W',
    pointId: 'CB1.control',
    deviceId: 'RTU1',
    stationId: 'ST-001',
    action: { kind: 'operate' as const, code: 'trip' as const },
    mode: 'select_before_operate' as const,
    status: 'verified' as const,
    final: true,
    requestedAt: '2026-01-01T10:30:00.000Z',
    requestedBy: 'usr_01KDYB0000000000000000000A',
    approvalNeeded: false,
    validUntil: '2026-01-01T10:30:30.000Z',
    sentAt: '2026-01-01T10:30:00.050Z',
    readBack: 'off',
    steps: [{ status: 'verified', at: '2026-01-01T10:30:01.200Z', by: 'gateway' }],
  },
});
