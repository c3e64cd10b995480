/** Events of the network and of assets, in the documents' own names; found from the roles of points. */
import * as z from 'zod/mini';
import { defineEvent } from '../../layers/kernel/events/define-event.ts';
import { utcTime } from '../../layers/kernel/schema/common.ts';
import { pointValue } from './values/reading-schemas.ts';

const source = 'scada';
const about = {
  stationId: z.string(),
  /** Element of the topology, where the point is bound to one. */
  elementId: z.optional(z.string()),
  pointId: z.optional(z.string()),
  time: utcTime(),
};
const example = {
  stationId: 'ST-001',
  elementId: 'CB-1',
  pointId: 'CB1.position',
  time: '2026-01-01T10:30:00.000Z',
};

const positions = z.enum(['open', 'closed', 'unknown']);

export const switchChanged = defineEvent({
  type: 'network.switch_changed',
  source,
  schemaVersion: 1,
  aggregateType: 'network',
  summary: { en: 'A breaker or switch changed its position.', ar: 'تغيّر وضع قاطع أو مفتاح.' },
  payload: z.object({ ...about, previousPosition: positions, position: positions }),
  example: { ...example, previousPosition: 'closed', position: 'open' },
});

/** What of the network is concerned; meters are counted, and can be asked for. */
const extent = {
  cause: z.enum(['switch', 'supply']),
  transformerIds: z.array(z.string()),
  meterCount: z.int(),
};
const extentExample = { cause: 'switch' as const, transformerIds: ['TR-17', 'TR-18'], meterCount: 143 };

export const networkOutage = defineEvent({
  type: 'network.outage',
  source,
  schemaVersion: 1,
  aggregateType: 'network',
  summary: { en: 'A part of the network lost its supply.', ar: 'انقطعت التغذية عن جزء من الشبكة.' },
  payload: z.object({ ...about, ...extent }),
  example: { ...example, ...extentExample },
});

export const networkRestored = defineEvent({
  type: 'network.restored',
  source,
  schemaVersion: 1,
  aggregateType: 'network',
  summary: { en: 'A part of the network is supplied again.', ar: 'عادت التغذية إلى جزء من الشبكة.' },
  payload: z.object({ ...about, ...extent }),
  example: { ...example, ...extentExample },
});

const alarmFields = {
  alarmId: z.string(),
  value: z.optional(z.nullable(pointValue)),
  limit: z.optional(z.nullable(pointValue)),
};

export const networkOverload = defineEvent({
  type: 'network.overload',
  source,
  schemaVersion: 1,
  aggregateType: 'network',
  summary: { en: 'A feeder or transformer carries more than it should.', ar: 'حِمل مغذٍّ أو محوّل أعلى مما ينبغي.' },
  payload: z.object({ ...about, ...alarmFields }),
  example: {
    ...example,
    elementId: 'F-3',
    pointId: 'F3.load',
    alarmId: 'alm_01KDYB1T2M3N4P5Q6R7S8T9V0W',
    value: 412,
    limit: 400,
  },
});

export const assetFaultDetected = defineEvent({
  type: 'asset.fault_detected',
  source,
  schemaVersion: 1,
  aggregateType: 'asset',
  summary: { en: 'An alarm tells of a fault of an asset.', ar: 'يدل إنذار على عطل في أحد الأصول.' },
  payload: z.object({
    ...about,
    ...alarmFields,
    assetId: z.string(),
    faultType: z.string(),
    priority: z.string(),
  }),
  example: {
    ...example,
    elementId: 'TR-17',
    pointId: 'T1.oil-temperature',
    assetId: 'TRF-01',
    faultType: 'transformer_temperature',
    priority: 'high',
    alarmId: 'alm_01KDYB1T2M3N4P5Q6R7S8T9V0W',
    value: 95.5,
    limit: 95,
  },
});

export const assetStatusChanged = defineEvent({
  type: 'asset.status_changed',
  source,
  schemaVersion: 1,
  aggregateType: 'asset',
  summary: {
    en: 'The device of an asset answers or does not answer any more.',
    ar: 'صار جهاز أصل يجيب أو لم يعد يجيب.',
  },
  payload: z.object({
    stationId: z.string(),
    assetId: z.string(),
    deviceId: z.string(),
    previousStatus: z.string(),
    status: z.string(),
    reason: z.optional(z.string()),
    time: utcTime(),
  }),
  example: {
    stationId: 'ST-001',
    assetId: 'TRF-01',
    deviceId: 'RTU1',
    previousStatus: 'online',
    status: 'offline',
    reason: 'no answer within 1000 ms',
    time: '2026-01-01T10:30:00.000Z',
  },
});
