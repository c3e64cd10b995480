/** What other domains may ask of providers, by name: one function each, so that callers read as what they do. */
import type { EmailMessage, KindOperations, PaymentOrder, TextMessage } from '../../../layers/integrations/provider.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { Money } from '../../../layers/money/money.ts';
import { callProvider } from './call-provider.ts';
import type { CallOptions } from './perform-call.ts';

/** An order of a prepayment token; `reference` makes it happen once. */
type VendingOrder<O extends keyof KindOperations['vending']> = Parameters<
  Extract<NonNullable<KindOperations['vending'][O]>, (...args: any[]) => any>
>[0];

export const sendSms = (session: TenantSession, message: TextMessage, options?: CallOptions) =>
  callProvider(session, 'sms', 'send', [message], message.reference, options);

export const sendEmailMessage = (session: TenantSession, message: EmailMessage, options?: CallOptions) =>
  callProvider(session, 'email', 'send', [message], message.reference, options);

export const sendWhatsApp = (session: TenantSession, message: TextMessage, options?: CallOptions) =>
  callProvider(session, 'whatsapp', 'sendText', [message], message.reference, options);

export const sendWhatsAppTemplate = (
  session: TenantSession,
  message: Parameters<KindOperations['whatsapp']['sendTemplate']>[0],
  options?: CallOptions,
) => callProvider(session, 'whatsapp', 'sendTemplate', [message], message.reference, options);

/** Keep `integrationId`: what was uploaded is known there alone. Uploading twice does no harm. */
export const uploadWhatsAppMedia = (
  session: TenantSession,
  media: Parameters<NonNullable<KindOperations['whatsapp']['uploadMedia']>>[0],
  options?: CallOptions,
) => callProvider(session, 'whatsapp', 'uploadMedia', [media], undefined, options);

export const sendPush = (
  session: TenantSession,
  message: Parameters<KindOperations['push']['send']>[0],
  options?: CallOptions,
) => callProvider(session, 'push', 'send', [message], message.reference, options);

export const postChat = (
  session: TenantSession,
  message: Parameters<KindOperations['chat']['post']>[0],
  options?: CallOptions,
) => callProvider(session, 'chat', 'post', [message], message.reference, options);

/** Name the provider the payer chose; without one the first that can take it does. Keep `integrationId`: later calls need it. */
export const createPayment = (session: TenantSession, order: PaymentOrder, options?: CallOptions) =>
  callProvider(session, 'payment', 'create', [order], order.reference, options);

export const verifyPayment = (
  session: TenantSession,
  integrationId: string,
  providerReference: string,
  order: PaymentOrder,
) => callProvider(session, 'payment', 'verify', [providerReference, order], undefined, { integrationId });

export const refundPayment = (
  session: TenantSession,
  integrationId: string,
  providerReference: string,
  amount: Money,
  reference: string,
) => callProvider(session, 'payment', 'refund', [providerReference, amount, reference], reference, { integrationId });

export const capturePayment = (
  session: TenantSession,
  integrationId: string,
  providerReference: string,
  amount: Money,
  reference: string,
) => callProvider(session, 'payment', 'capture', [providerReference, amount, reference], reference, { integrationId });

export const vendCredit = (session: TenantSession, order: VendingOrder<'credit'>, options?: CallOptions) =>
  callProvider(session, 'vending', 'credit', [order], order.reference, options);

export const vendClearCredit = (session: TenantSession, order: VendingOrder<'clearCredit'>, options?: CallOptions) =>
  callProvider(session, 'vending', 'clearCredit', [order], order.reference, options);

export const vendClearTamper = (session: TenantSession, order: VendingOrder<'clearTamper'>, options?: CallOptions) =>
  callProvider(session, 'vending', 'clearTamper', [order], order.reference, options);

export const vendPowerLimit = (session: TenantSession, order: VendingOrder<'setPowerLimit'>, options?: CallOptions) =>
  callProvider(session, 'vending', 'setPowerLimit', [order], order.reference, options);

export const vendKeyChange = (session: TenantSession, order: VendingOrder<'changeKey'>, options?: CallOptions) =>
  callProvider(session, 'vending', 'changeKey', [order], order.reference, options);

export const vendTest = (session: TenantSession, order: VendingOrder<'test'>, options?: CallOptions) =>
  callProvider(session, 'vending', 'test', [order], order.reference, options);

/** At the integration that made the token; `unprocessable` or `all_providers_failed` where the vendor takes nothing back. */
export const vendReverse = (session: TenantSession, integrationId: string, order: VendingOrder<'reverse'>) =>
  callProvider(session, 'vending', 'reverse', [order], order.reference, { integrationId });

export const commandMeter = (
  session: TenantSession,
  command: Parameters<KindOperations['meter_platform']['command']>[0],
  options?: CallOptions,
) => callProvider(session, 'meter_platform', 'command', [command], command.reference, options);

export const publishMqtt = (
  session: TenantSession,
  message: Parameters<KindOperations['mqtt']['publish']>[0],
  options?: CallOptions,
) => callProvider(session, 'mqtt', 'publish', [message], message.reference, options);
