/** Events the platform domain publishes: alerts of any part of the product, and the life of webhook endpoints. */
import * as z from 'zod/mini';
import { defineEvent } from '../../layers/kernel/events/define-event.ts';

export const alertTypes = ['performance', 'security', 'system', 'business'] as const;
export const alertSeverities = ['info', 'warning', 'error', 'critical'] as const;

export const systemAlert = defineEvent({
  type: 'system.alert',
  source: 'platform',
  schemaVersion: 1,
  aggregateType: 'alert',
  summary: { en: 'A part of the system asks for attention.', ar: 'جزء من النظام يحتاج إلى انتباه.' },
  payload: z.object({
    alertType: z.enum(alertTypes),
    severity: z.enum(alertSeverities),
    title: z.object({ en: z.string().check(z.maxLength(500)), ar: z.string().check(z.maxLength(500)) }),
    description: z.optional(z.string()),
    /** The domain or device that raised it. */
    sourceSystem: z.string(),
    alertData: z.optional(z.record(z.string(), z.unknown())),
    /** While an alert with this key is open, the same one raised again is counted, not repeated. */
    dedupeKey: z.string().check(z.minLength(1), z.maxLength(200)),
    /** The alert rule that raised it, if one did. */
    sourceRuleId: z.optional(z.string()),
    /** When it resolves itself, unless it is raised again by then. */
    expiresAfterMinutes: z.optional(z.int().check(z.gte(1))),
    /** How long nobody may acknowledge it before it escalates. */
    escalateAfterMinutes: z.optional(z.int().check(z.gte(1))),
  }),
  example: {
    alertType: 'system',
    severity: 'warning',
    title: { en: 'Meter MTR-001 stopped reporting', ar: 'توقف العداد MTR-001 عن الإرسال' },
    description: 'No reading for 6 hours.',
    sourceSystem: 'metering',
    alertData: { meterId: 'MTR-001', lastReadingAt: '2026-01-01T06:00:00.000Z' },
    dedupeKey: 'meter-silent/MTR-001',
  },
});

export const systemAlertCleared = defineEvent({
  type: 'system.alert_cleared',
  source: 'platform',
  schemaVersion: 1,
  aggregateType: 'alert',
  summary: { en: 'What gave rise to an alert is over.', ar: 'زال ما أدى إلى تنبيه.' },
  payload: z.object({
    dedupeKey: z.string().check(z.minLength(1), z.maxLength(200)),
    /** Kept with the alert as the way it was resolved. */
    reason: z.string().check(z.maxLength(500)),
  }),
  example: { dedupeKey: 'meter-silent/MTR-001', reason: 'The meter reports again.' },
});

export const systemAlertEscalated = defineEvent({
  type: 'system.alert_escalated',
  source: 'platform',
  schemaVersion: 1,
  aggregateType: 'alert',
  summary: { en: 'Nobody took an alert on in time.', ar: 'لم يتولّ أحد تنبيهًا في الوقت المحدد.' },
  payload: z.object({
    alertId: z.string(),
    alertType: z.enum(alertTypes),
    severity: z.enum(alertSeverities),
    title: z.object({ en: z.string(), ar: z.string() }),
    sourceSystem: z.string(),
    sourceRuleId: z.optional(z.string()),
    dedupeKey: z.string(),
    openSince: z.string(),
  }),
  example: {
    alertId: 'alt_01JGFJJZ00ABCDEFGHJKMNPQRS',
    alertType: 'system',
    severity: 'critical',
    title: { en: 'Meter MTR-001 stopped reporting', ar: 'توقف العداد MTR-001 عن الإرسال' },
    sourceSystem: 'metering',
    dedupeKey: 'meter-silent/MTR-001',
    openSince: '2026-01-01T06:00:00.000Z',
  },
});

const endpoint = { webhookId: z.string(), name: z.string(), url: z.string() };
const endpointExample = {
  webhookId: 'whk_01JGFJJZ00ABCDEFGHJKMNPQRS',
  name: 'Accounting',
  url: 'https://accounting.example.com/hooks/mizan',
};

export const webhookEndpointDisabled = defineEvent({
  type: 'webhook.endpoint_disabled',
  source: 'platform',
  schemaVersion: 1,
  aggregateType: 'webhook',
  summary: {
    en: 'A webhook endpoint was disabled because its deliveries kept failing.',
    ar: 'عُطّلت نقطة استقبال لأن التسليم إليها ظل يفشل.',
  },
  payload: z.object({
    ...endpoint,
    reason: z.enum(['gone', 'failing_for_days', 'messages_exhausted']),
    consecutiveFailures: z.int(),
    failingSince: z.nullable(z.string()),
  }),
  example: {
    ...endpointExample,
    reason: 'failing_for_days',
    consecutiveFailures: 128,
    failingSince: '2026-01-01T00:00:00.000Z',
  },
});

export const webhookEndpointEnabled = defineEvent({
  type: 'webhook.endpoint_enabled',
  source: 'platform',
  schemaVersion: 1,
  aggregateType: 'webhook',
  summary: { en: 'A webhook endpoint was enabled again.', ar: 'أُعيد تفعيل نقطة استقبال.' },
  payload: z.object(endpoint),
  example: endpointExample,
});

export const webhookDeliveryExhausted = defineEvent({
  type: 'webhook.delivery_exhausted',
  source: 'platform',
  schemaVersion: 1,
  aggregateType: 'webhook',
  summary: {
    en: 'A webhook message was given up after its last attempt.',
    ar: 'تُركت رسالة بعد آخر محاولة لتسليمها.',
  },
  payload: z.object({
    ...endpoint,
    deliveryId: z.string(),
    eventId: z.string(),
    eventType: z.string(),
    attempts: z.int(),
    responseStatus: z.nullable(z.int()),
    errorMessage: z.nullable(z.string()),
  }),
  example: {
    ...endpointExample,
    deliveryId: 'dlv_5f2b9c0d1e3a4b5c6d7e8f90',
    eventId: 'evt_01JGFJJZ00ABCDEFGHJKMNPQRS',
    eventType: 'invoice.paid',
    attempts: 4,
    responseStatus: 503,
    errorMessage: 'The receiver answered 503.',
  },
});

const integration = { integrationId: z.string(), code: z.string(), provider: z.string() };
const integrationExample = {
  integrationId: 'int_01JGFJJZ00ABCDEFGHJKMNPQRS',
  code: 'sms_local_1',
  provider: 'local_1',
};
const healthStatus = z.enum(['healthy', 'degraded', 'down', 'unknown']);

export const integrationHealthChanged = defineEvent({
  type: 'integration.health_changed',
  source: 'platform',
  schemaVersion: 1,
  aggregateType: 'integration',
  summary: { en: 'The health of an integration changed.', ar: 'تغيّرت حالة تكامل مع مزوّد خارجي.' },
  payload: z.object({
    ...integration,
    healthStatus,
    previousStatus: healthStatus,
    healthScore: z.nullable(z.int()),
  }),
  example: { ...integrationExample, healthStatus: 'down', previousStatus: 'healthy', healthScore: 41 },
});

const notification = z.object({
  ...integration,
  /** The provider's own id of it. */
  notificationId: z.string(),
  occurredAt: z.nullable(z.string()),
  /** In the words of the adapter. */
  data: z.record(z.string(), z.unknown()),
});
const notificationExample = {
  ...integrationExample,
  notificationId: 'evt_1',
  occurredAt: '2026-01-01T08:00:00.000Z',
};

/** Not a payment yet: proven by asking the provider, or by its signature, and booked by billing. */
export const paymentNotified = defineEvent({
  type: 'payment.notified',
  source: 'platform',
  schemaVersion: 1,
  aggregateType: 'integration',
  summary: { en: 'A payment provider told of a payment.', ar: 'أبلغ مزوّد دفع عن عملية دفع.' },
  payload: notification,
  example: {
    ...notificationExample,
    code: 'stripe',
    provider: 'stripe',
    data: { providerReference: 'pi_1', status: 'captured' },
  },
});

export const messageDelivered = defineEvent({
  type: 'message.delivered',
  source: 'platform',
  schemaVersion: 1,
  aggregateType: 'integration',
  summary: { en: 'A provider reported what became of a message.', ar: 'أبلغ المزوّد عن حالة تسليم رسالة.' },
  payload: notification,
  example: { ...notificationExample, data: { providerReference: 'SM1', status: 'delivered' } },
});

export const messageReceived = defineEvent({
  type: 'message.received',
  source: 'platform',
  schemaVersion: 1,
  aggregateType: 'integration',
  summary: { en: 'A message of a person came in.', ar: 'وردت رسالة من شخص.' },
  payload: notification,
  example: {
    ...notificationExample,
    code: 'whatsapp',
    provider: 'whatsapp',
    data: { from: '+967770000000', text: 'Hello' },
  },
});

export const integrationNotified = defineEvent({
  type: 'integration.notified',
  source: 'platform',
  schemaVersion: 1,
  aggregateType: 'integration',
  summary: { en: 'A provider sent a notification of another kind.', ar: 'أرسل مزوّد إشعارًا من نوع آخر.' },
  payload: notification,
  example: { ...notificationExample, data: {} },
});

export const meterControlConfirmed = defineEvent({
  type: 'meter.control_confirmed',
  source: 'platform',
  schemaVersion: 1,
  aggregateType: 'meter',
  summary: { en: 'A meter was switched as commanded.', ar: 'نُفّذ أمر فصل العداد أو وصله.' },
  payload: z.object({
    meterId: z.string(),
    stationId: z.string(),
    action: z.enum(['disconnect', 'reconnect']),
    confirmedAt: z.string(),
    integrationId: z.string(),
    commandId: z.nullable(z.string()),
    notificationId: z.string(),
  }),
  example: {
    meterId: 'ACR-001234',
    stationId: 'ST-001',
    action: 'disconnect',
    confirmedAt: '2026-01-01T08:00:00.000Z',
    integrationId: 'int_01JGFJJZ00ABCDEFGHJKMNPQRS',
    commandId: 'cmd-17',
    notificationId: 'evt_1',
  },
});
