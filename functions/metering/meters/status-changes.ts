/** The history of a meter's status and its alerts: who switched what off and when matters in every dispute. */
import { createHash } from 'node:crypto';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import type { PayloadOf } from '../../../layers/kernel/events/define-event.ts';
import type { meterAlert, meterStatusChanged } from '../events.ts';

export type StatusChange = PayloadOf<typeof meterStatusChanged>;
export type MeterAlert = PayloadOf<typeof meterAlert>;

/** Devices repeat alerts for years; a year of them is kept. */
const alertKeepSeconds = 366 * 86_400;

export const statusChangeEntity = defineEntity<StatusChange, Pick<StatusChange, 'meterId' | 'time' | 'newStatus'>>()({
  name: 'meter status change',
  table: 'metering',
  key: ({ meterId, time, newStatus }) => ({ pk: ['METER-STATUS', meterId], sk: [time, newStatus] }),
  idOf: ({ meterId, time }) => `${meterId} ${time}`,
});

export const meterAlertEntity = defineEntity<MeterAlert, MeterAlert>()({
  name: 'meter alert',
  table: 'metering',
  key: (alert) => ({ pk: ['METER-ALERT', alert.meterId], sk: [alert.time, fingerprint(alert)] }),
  idOf: ({ meterId, time }) => `${meterId} ${time}`,
  expiresAt: ({ time }) => Math.floor(Date.parse(time) / 1000) + alertKeepSeconds,
});

export function recordStatusChange(unit: UnitOfWork, change: StatusChange): void {
  unit.put(statusChangeEntity, change);
}

/** The same message gives the same key; two different alerts of one moment do not. */
function fingerprint(alert: MeterAlert): string {
  const { alertType, severity, value, threshold, message } = alert;
  return createHash('sha1')
    .update(JSON.stringify([alertType, severity, value, threshold, message]))
    .digest('base64url')
    .slice(0, 10);
}
