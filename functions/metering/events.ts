/** Events the metering domain publishes. */
import * as z from 'zod/mini';
import { defineEvent } from '../../layers/kernel/events/define-event.ts';
import { utcTime } from '../../layers/kernel/schema/common.ts';
import { iotEvents } from './devices/device-events.ts';
import { meterStatuses, storedMeterSchema } from './meters/meter-schema.ts';
import { meterRecordCorrected } from './meters/record-corrected.ts';
import { readingEdited } from './reading-edits/edit-events.ts';
import { usageEdited } from './usage-edits/usage-edit-events.ts';

const source = 'metering';

/** A row is short on purpose: an event carries hundreds. Measurements a meter did not send are missing. */
const readingRow = z.object({
  meterId: z.string(),
  stationId: z.string(),
  time: utcTime(),
  /** Cumulative register. */
  registerKwh: z.string(),
  /** Since the meter's previous reading, where that travels in the same event; ask for the consumption otherwise. */
  consumptionKwh: z.optional(z.string()),
  voltage: z.optional(z.number()),
  current: z.optional(z.number()),
  powerFactor: z.optional(z.number()),
  powerKw: z.optional(z.number()),
});

export const meterReading = defineEvent({
  type: 'meter.reading',
  source,
  schemaVersion: 1,
  aggregateType: 'tenant',
  summary: { en: 'Readings of meters arrived.', ar: 'وصلت قراءات عدادات.' },
  payload: z.object({ readings: z.array(readingRow) }),
  example: {
    readings: [
      {
        meterId: 'ACR-001234',
        stationId: 'ST-001',
        time: '2026-01-01T10:30:00.000Z',
        registerKwh: '15234.56',
        voltage: 220.5,
        current: 15.2,
        powerFactor: 0.95,
      },
    ],
  },
});

const meterExample = {
  id: 'ACR-001234',
  serialNumber: 'ACR-001234',
  model: 'ADL200',
  type: 'smart' as const,
  status: 'connected' as const,
  stationId: 'ST-001',
  phases: 1 as const,
  digits: 6,
  decimals: 2,
  ctRatio: 1,
  ptRatio: 1,
  registerScale: 'primary' as const,
  ratedCurrentA: 100,
  registers: [],
  devices: [
    {
      serialNumber: 'ACR-001234',
      model: 'ADL200',
      digits: 6,
      decimals: 2,
      installedAt: '2026-01-01T08:00:00.000Z',
      initialRegisterKwh: '0',
    },
  ],
  stations: [{ stationId: 'ST-001' }],
  version: 1,
  createdAt: '2026-01-01T08:00:00.000Z',
  updatedAt: '2026-01-01T08:00:00.000Z',
};

const meterEvent = <const T extends string>(type: T, en: string, ar: string) =>
  defineEvent({
    type,
    source,
    schemaVersion: 1,
    aggregateType: 'meter',
    summary: { en, ar },
    payload: storedMeterSchema,
    example: meterExample,
  });

export const meterCreated = meterEvent('meter.created', 'A meter was registered.', 'سُجّل عداد.');
export const meterUpdated = meterEvent('meter.updated', 'A meter was changed.', 'عُدّل عداد.');
export const meterExchanged = meterEvent(
  'meter.exchanged',
  'The device at a metering point was exchanged.',
  'استُبدل جهاز العداد.',
);

export const alertSeverities = ['info', 'warning', 'error', 'critical'] as const;

export const meterAlert = defineEvent({
  type: 'meter.alert',
  source,
  schemaVersion: 1,
  aggregateType: 'meter',
  summary: { en: 'A meter raised an alert.', ar: 'أصدر عداد تنبيهًا.' },
  payload: z.object({
    stationId: z.string(),
    meterId: z.string(),
    time: utcTime(),
    /** As the device calls it, e.g. `over_voltage`. */
    alertType: z.string(),
    severity: z.enum(alertSeverities),
    value: z.optional(z.number()),
    threshold: z.optional(z.number()),
    message: z.optional(z.string()),
  }),
  example: {
    stationId: 'ST-001',
    meterId: 'ACR-001234',
    time: '2026-01-01T10:30:00.000Z',
    alertType: 'over_voltage',
    severity: 'warning',
    value: 245.5,
    threshold: 240,
    message: 'Voltage exceeded threshold',
  },
});

export const meterStatusChanged = defineEvent({
  type: 'meter.status_changed',
  source,
  schemaVersion: 1,
  aggregateType: 'meter',
  summary: { en: 'The status of a meter changed.', ar: 'تغيّرت حالة عداد.' },
  payload: z.object({
    stationId: z.string(),
    meterId: z.string(),
    time: utcTime(),
    previousStatus: z.enum(meterStatuses),
    newStatus: z.enum(meterStatuses),
    reason: z.optional(z.string()),
  }),
  example: {
    stationId: 'ST-001',
    meterId: 'ACR-001234',
    time: '2026-01-01T10:30:00.000Z',
    previousStatus: 'connected',
    newStatus: 'disconnected',
    reason: 'remote_command',
  },
});

export const meterCommandRefused = defineEvent({
  type: 'meter.command_refused',
  source,
  schemaVersion: 1,
  aggregateType: 'meter',
  summary: { en: 'A meter refused a command, or failed at it.', ar: 'رفض عداد أمرًا أو أخفق في تنفيذه.' },
  payload: z.object({
    stationId: z.string(),
    meterId: z.string(),
    time: utcTime(),
    action: z.enum(['disconnect', 'reconnect']),
    /** As the command came with it, where the meter repeats it. */
    commandId: z.optional(z.string()),
    reason: z.optional(z.string()),
  }),
  example: {
    stationId: 'ST-001',
    meterId: 'ACR-001234',
    time: '2026-01-01T10:30:00.000Z',
    action: 'disconnect',
    commandId: 'cmd_01JGFJJZ008R40M30E209185GR',
    reason: 'relay_stuck',
  },
});

export const assetReadingReceived = defineEvent({
  type: 'asset.reading_received',
  source,
  schemaVersion: 1,
  aggregateType: 'asset',
  summary: { en: 'Measurements of a station’s equipment arrived.', ar: 'وصلت قياسات من معدات إحدى المحطات.' },
  payload: z.object({
    stationId: z.string(),
    assetId: z.string(),
    time: utcTime(),
    /** Measured numbers by the names the device gives them. */
    values: z.record(z.string(), z.number()),
  }),
  example: {
    stationId: 'ST-001',
    assetId: 'TRF-01',
    time: '2026-01-01T10:30:00.000Z',
    values: { oil_temperature: 61.5, load_kw: 820 },
  },
});

export const meteringEvents = [
  ...iotEvents,
  readingEdited,
  usageEdited,
  meterReading,
  meterCreated,
  meterUpdated,
  meterExchanged,
  meterRecordCorrected,
  meterAlert,
  meterStatusChanged,
  meterCommandRefused,
  assetReadingReceived,
];
