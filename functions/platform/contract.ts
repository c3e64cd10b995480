/** What other domains may use of the platform: raising an alert, and calling providers. */
import type { TenantSession } from '../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../layers/kernel/data/unit-of-work.ts';
import type { PayloadOf } from '../../layers/kernel/events/define-event.ts';
import { publish } from '../../layers/kernel/events/publish.ts';
import { alertEntity, openAlertEntity } from './alerts/alert-entity.ts';
import { systemAlert, systemAlertCleared } from './events.ts';

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

/** Ends the alert of a key, if one is open, together with the change that makes it pointless. @param reason kept with it */
export function endAlert(unit: UnitOfWork, dedupeKey: string, reason: string): void {
  unit.emit(systemAlertCleared, { aggregateId: dedupeKey, payload: { dedupeKey, reason } });
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

export { failuresOf } from './provider-calls/call-errors.ts';
export type { CallOptions, ProviderResult } from './provider-calls/perform-call.ts';

type Providers = typeof import('./provider-calls/provider-contract.ts');
/** Loaded with the first call: whoever only raises alerts does not wait for it. */
const providers = (): Promise<Providers> => import('./provider-calls/provider-contract.ts');

// Messages, payments, tokens and commands through the tenant's integrations. A caller needs `readWrite` on table `platform`,
// `decrypt` on key `secrets`, `internet`, and the variables ALLOW_LOOPBACK_WEBHOOKS and PRIVATE_PROVIDER_NETWORKS as the platform's own functions have them.
// They throw `all_providers_failed` (nothing happened), `outcome_unknown` (ask again later with the same reference),
// `unprocessable` (nothing is configured) and `idempotency_*`.
export const capturePayment: Providers['capturePayment'] = async (...given) =>
  (await providers()).capturePayment(...given);
export const commandMeter: Providers['commandMeter'] = async (...given) => (await providers()).commandMeter(...given);
export const createPayment: Providers['createPayment'] = async (...given) =>
  (await providers()).createPayment(...given);
export const postChat: Providers['postChat'] = async (...given) => (await providers()).postChat(...given);
export const publishMqtt: Providers['publishMqtt'] = async (...given) => (await providers()).publishMqtt(...given);
export const refundPayment: Providers['refundPayment'] = async (...given) =>
  (await providers()).refundPayment(...given);
export const sendEmailMessage: Providers['sendEmailMessage'] = async (...given) =>
  (await providers()).sendEmailMessage(...given);
export const sendPush: Providers['sendPush'] = async (...given) => (await providers()).sendPush(...given);
export const sendSms: Providers['sendSms'] = async (...given) => (await providers()).sendSms(...given);
export const sendWhatsApp: Providers['sendWhatsApp'] = async (...given) => (await providers()).sendWhatsApp(...given);
export const sendWhatsAppTemplate: Providers['sendWhatsAppTemplate'] = async (...given) =>
  (await providers()).sendWhatsAppTemplate(...given);
export const uploadWhatsAppMedia: Providers['uploadWhatsAppMedia'] = async (...given) =>
  (await providers()).uploadWhatsAppMedia(...given);
export const vendClearCredit: Providers['vendClearCredit'] = async (...given) =>
  (await providers()).vendClearCredit(...given);
export const vendClearTamper: Providers['vendClearTamper'] = async (...given) =>
  (await providers()).vendClearTamper(...given);
export const vendCredit: Providers['vendCredit'] = async (...given) => (await providers()).vendCredit(...given);
export const vendKeyChange: Providers['vendKeyChange'] = async (...given) =>
  (await providers()).vendKeyChange(...given);
export const vendPowerLimit: Providers['vendPowerLimit'] = async (...given) =>
  (await providers()).vendPowerLimit(...given);
export const vendReverse: Providers['vendReverse'] = async (...given) => (await providers()).vendReverse(...given);
export const vendTest: Providers['vendTest'] = async (...given) => (await providers()).vendTest(...given);
export const verifyPayment: Providers['verifyPayment'] = async (...given) =>
  (await providers()).verifyPayment(...given);
