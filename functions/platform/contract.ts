/** What other domains may use of the platform: raising an alert. */
import type { TenantSession } from '../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../layers/kernel/data/unit-of-work.ts';
import type { PayloadOf } from '../../layers/kernel/events/define-event.ts';
import { publish } from '../../layers/kernel/events/publish.ts';
import { alertEntity, openAlertEntity } from './alerts/alert-entity.ts';
import { systemAlert } from './events.ts';

export { systemAlert };
export type AlertInput = PayloadOf<typeof systemAlert>;

/** Whether the open alert of a key is suppressed: nobody is to be told of it for now. */
export async function isAlertSuppressed(session: TenantSession, dedupeKey: string): Promise<boolean> {
  const open = await session.get(openAlertEntity, { dedupeKey }, { consistent: true });
  return open !== undefined && (await session.get(alertEntity, { id: open.alertId }))?.status === 'suppressed';
}

/** Raises an alert together with the change that gave rise to it. */
export function raiseAlert(unit: UnitOfWork, alert: AlertInput): void {
  unit.emit(systemAlert, { aggregateId: alert.dedupeKey, payload: alert });
}

/**
 * Raises an alert that goes with no change of a row.
 * @param table logical name of the caller's own table, which carries its outbox
 * @param eventId give one to make repeated raising of the same fact recognisable
 */
export async function publishAlert(
  session: TenantSession,
  table: string,
  alert: AlertInput,
  eventId?: string,
): Promise<void> {
  await publish(session, table, systemAlert, {
    aggregateId: alert.dedupeKey,
    payload: alert,
    ...(eventId === undefined ? {} : { id: eventId }),
  });
}
