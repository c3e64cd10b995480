/** Events of alarms: `alert.<what happened>`, each with the alarm as it is now. */
import * as z from 'zod/mini';
import { defineEvent } from '../../layers/kernel/events/define-event.ts';
import { type Alarm, alarmSchema } from './alarms/alarm-entity.ts';

const example: Alarm = {
  id: 'alm_01KDYB1T2M3N4P5Q6R7S8T9V0W',
  stationId: 'ST-001',
  pointId: 'T1.oil-temperature',
  deviceId: 'T1',
  kind: 'high',
  source: 'gateway',
  title: { en: 'Oil temperature: too high (95.5 / 95)', ar: 'درجة حرارة الزيت: مرتفع (95.5 / 95)' },
  sourceAlarmId: 'T1.oil-temperature:high:1767225601000',
  priority: 'high',
  status: 'raised',
  active: true,
  value: 95.5,
  limit: 95,
  raisedAt: '2026-01-01T00:00:01.000Z',
  shelved: false,
  escalations: 0,
  suppressed: false,
  comments: [],
};

const payload = z.extend(alarmSchema, {});

const alarmEvent = <const T extends string>(type: T, en: string, ar: string, change: Partial<Alarm> = {}) =>
  defineEvent({
    type,
    source: 'scada',
    schemaVersion: 1,
    aggregateType: 'alarm',
    summary: { en, ar },
    payload,
    example: { ...example, ...change },
  });

export const alertRaised = alarmEvent('alert.raised', 'An alarm was raised.', 'صدر إنذار.');
export const alertAcknowledged = alarmEvent(
  'alert.acknowledged',
  'Somebody acknowledged an alarm.',
  'أقرّ شخص بإنذار.',
  {
    status: 'acknowledged',
    acknowledgedAt: '2026-01-01T00:02:00.000Z',
    acknowledgedBy: 'usr_01KDYB0000000000000000000A',
  },
);
export const alertCleared = alarmEvent(
  'alert.cleared',
  'The condition behind an alarm is gone.',
  'زال سبب أحد الإنذارات.',
  { active: false, clearedAt: '2026-01-01T00:05:00.000Z' },
);
export const alertClosed = alarmEvent('alert.closed', 'An alarm was closed.', 'أُغلق إنذار.', {
  status: 'closed',
  active: false,
  closedAt: '2026-01-01T00:05:00.000Z',
  closedBy: 'system',
});
export const alertShelved = alarmEvent('alert.shelved', 'An alarm was shelved for a time.', 'أُجّل إنذار لمدة.', {
  shelved: true,
  shelvedUntil: '2026-01-01T04:00:00.000Z',
  shelvedBy: 'usr_01KDYB0000000000000000000A',
});
export const alertUnshelved = alarmEvent(
  'alert.unshelved',
  'A shelved alarm is shown again.',
  'عاد إنذار مؤجل إلى الظهور.',
);
export const alertEscalated = alarmEvent(
  'alert.escalated',
  'An alarm nobody acknowledged in time, or that a person escalated, got a higher priority.',
  'رُفعت أولوية إنذار لم يُقرّ به في وقته أو رفعها شخص.',
  { priority: 'critical', escalations: 1, escalatedAt: '2026-01-01T00:15:01.000Z' },
);
