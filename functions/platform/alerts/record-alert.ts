/** Turns a `system.alert` event into an alert, or counts it on the open one of the same key. */
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import type { EventEnvelope } from '../../../layers/kernel/events/envelope.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import type { AlertInput } from '../contract.ts';
import { systemAlert } from '../events.ts';
import { alertEntity, openAlertEntity } from './alert-entity.ts';
import { minutesAfter, setAlertTimer } from './alert-timer.ts';
import { resolveCleared } from './clear-alert.ts';

const maxRounds = 5;

export async function recordAlert(event: EventEnvelope): Promise<void> {
  const alert: AlertInput = systemAlert.payload.parse(event.payload);
  const session = openSession(event.tenantId, { correlationId: event.correlationId, causationId: event.id });
  await record(session, event, alert);
  // What it is about may be over already; also after a repetition, for the first may have died before it looked.
  await resolveCleared(session, alert.dedupeKey);
}

async function record(session: TenantSession, event: EventEnvelope, alert: AlertInput): Promise<void> {
  const id = derivedId('alt', Date.parse(event.occurredAt), event.id);
  const { occurredAt } = event;
  const endsAt =
    alert.expiresAfterMinutes === undefined ? undefined : minutesAfter(occurredAt, alert.expiresAfterMinutes);
  for (let round = 1; ; round++) {
    const open = await session.get(openAlertEntity, { dedupeKey: alert.dedupeKey }, { consistent: true });
    const current = open && (await session.get(alertEntity, { id: open.alertId }, { consistent: true }));
    try {
      if (current !== undefined) {
        if (current.id === id || current.lastEventId === event.id) return;
        await session.transact('platform', (unit) => {
          unit.update(alertEntity, current, {
            occurrences: current.occurrences + 1,
            lastSeenAt: event.occurredAt > current.lastSeenAt ? event.occurredAt : current.lastSeenAt,
            lastEventId: event.id,
            // It may have grown worse, or tell more.
            severity: worse(current.severity, alert.severity),
            ...(alert.alertData === undefined ? {} : { alertData: alert.alertData }),
            ...(endsAt === undefined || current.endsAt === undefined ? {} : { endsAt }),
          });
        });
        return;
      }
      // The event made an alert that is resolved by now: it came again.
      if (await session.get(alertEntity, { id }, { consistent: true })) return;
      await session.transact('platform', (unit) => {
        unit.create(openAlertEntity, { dedupeKey: alert.dedupeKey, alertId: id });
        unit.create(alertEntity, {
          id,
          ...alert,
          status: 'active',
          occurrences: 1,
          lastSeenAt: event.occurredAt,
          lastEventId: event.id,
          ...(endsAt === undefined ? {} : { endsAt }),
        });
        const timer = { tenantId: event.tenantId, alertId: id };
        if (endsAt !== undefined) setAlertTimer(unit, { kind: 'expire', ...timer, dueAt: endsAt });
        if (alert.escalateAfterMinutes !== undefined)
          setAlertTimer(unit, {
            kind: 'escalate',
            ...timer,
            dueAt: minutesAfter(occurredAt, alert.escalateAfterMinutes),
          });
      });
      return;
    } catch (error) {
      // The same key was raised, or the alert changed, at the same time: look again.
      const isRace = isAppError(error) && (error.code === 'already_exists' || error.code === 'version_conflict');
      if (!isRace || round === maxRounds) throw error;
    }
  }
}

const order = ['info', 'warning', 'error', 'critical'] as const;
type Severity = (typeof order)[number];

const worse = (a: Severity, b: Severity): Severity => (order.indexOf(a) >= order.indexOf(b) ? a : b);

/** One step up; a critical alert stays critical. */
export const moreSevere = (severity: Severity): Severity =>
  order[Math.min(order.indexOf(severity) + 1, order.length - 1)]!;
