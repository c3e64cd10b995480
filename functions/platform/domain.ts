/** Manifest of the platform domain: the event log, webhooks and alerts. */
import { defineDomain } from '../../layers/kernel/domain/manifest.ts';
import { acrelWebhooks } from './acrel/routes.ts';
import { alerts } from './alerts/routes.ts';
import { eventSubscriptions } from './event-subscriptions/routes.ts';
import { events } from './events/routes.ts';
import {
  integrationHealthChanged,
  integrationNotified,
  messageDelivered,
  messageReceived,
  meterControlConfirmed,
  paymentNotified,
  systemAlert,
  systemAlertCleared,
  systemAlertEscalated,
  webhookDeliveryExhausted,
  webhookEndpointDisabled,
  webhookEndpointEnabled,
} from './events.ts';
import { integrationTests } from './integration-tests/routes.ts';
import { integrations } from './integrations/routes.ts';
import { overview } from './overview/routes.ts';
import { providerCallbacks } from './provider-callbacks/routes.ts';
import { webhookPortal } from './webhook-portal/routes.ts';
import { webhooks } from './webhooks/routes.ts';

const folder = 'functions/platform';
const table = { platform: 'readWrite' } as const;
const http = { tables: { platform: 'readWrite', limits: 'write' } } as const;
const secrets = { secrets: 'encryptDecrypt' } as const;
const addresses = { ALLOW_LOOPBACK_WEBHOOKS: '${stage.webhooksMayReachLoopback}' };
const providerAddresses = { ...addresses, PRIVATE_PROVIDER_NETWORKS: '${stage.privateProviderNetworks}' };
const providers = { ...http, keys: secrets, internet: true } as const;
const healthChecks = 'integration-health-checks';
const paymentSweeps = 'payment-sweeps';
const deliveries = 'webhook-deliveries';
const lanes = 'webhook-lanes';
const batches = 'webhook-batches';
const replays = 'webhook-replays';
const handlers = 'event-handlers';

export const platform = defineDomain({
  name: 'platform',
  tables: { platform: { indexes: ['gsi1', 'gsi2'], outbox: true } },
  events: [
    integrationHealthChanged,
    integrationNotified,
    messageDelivered,
    messageReceived,
    meterControlConfirmed,
    paymentNotified,
    systemAlert,
    systemAlertCleared,
    systemAlertEscalated,
    webhookEndpointDisabled,
    webhookEndpointEnabled,
    webhookDeliveryExhausted,
  ],
  resources: [
    {
      resource: events,
      entry: `${folder}/events/handler.ts`,
      access: { ...http, queues: [replays] },
    },
    {
      resource: eventSubscriptions,
      entry: `${folder}/event-subscriptions/handler.ts`,
      access: { ...http, queues: [deliveries, replays, handlers], keys: { secrets: 'encrypt' } },
      environment: addresses,
    },
    {
      resource: webhooks,
      entry: `${folder}/webhooks/handler.ts`,
      // A test waits up to 20 s for the receiver.
      timeoutSeconds: 28,
      access: { ...http, queues: [deliveries, replays], keys: secrets, internet: true },
      environment: addresses,
    },
    {
      resource: webhookPortal,
      entry: `${folder}/webhook-portal/handler.ts`,
      timeoutSeconds: 28,
      access: {
        tables: { platform: 'readWrite', limits: 'write', identity: 'read' },
        queues: [deliveries],
        keys: secrets,
        internet: true,
      },
      environment: addresses,
      assets: [
        ...['portal.html', 'portal.js', 'portal.css'].map((file) => `${folder}/webhook-portal/${file}`),
        'console/page.css',
      ],
    },
    {
      resource: alerts,
      entry: `${folder}/alerts/handler.ts`,
      access: http,
    },
    {
      resource: integrations,
      entry: `${folder}/integrations/handler.ts`,
      // A test waits up to 15 s for the provider.
      timeoutSeconds: 28,
      access: providers,
      environment: providerAddresses,
    },
    {
      resource: overview,
      entry: `${folder}/overview/handler.ts`,
      access: { tables: { platform: 'read', limits: 'readWrite', identity: 'read' } },
    },
    {
      resource: providerCallbacks,
      entry: `${folder}/provider-callbacks/handler.ts`,
      access: { ...http, keys: { secrets: 'decrypt' }, internet: true },
      environment: providerAddresses,
    },
    {
      resource: acrelWebhooks,
      entry: `${folder}/acrel/handler.ts`,
      memoryMb: 512,
      access: {
        tables: { platform: 'readWrite', limits: 'write', metering: 'readWrite', readings: 'write', scada: 'read' },
        keys: { secrets: 'decrypt' },
      },
      environment: providerAddresses,
    },
    {
      resource: integrationTests,
      entry: `${folder}/integration-tests/handler.ts`,
      timeoutSeconds: 28,
      access: providers,
      environment: providerAddresses,
    },
  ],
  subscribers: [
    {
      name: 'recorder',
      entry: `${folder}/subscribers/record-events.ts`,
      events: ['*'],
      batchSize: 10,
      access: { tables: table },
    },
    {
      name: 'dispatcher',
      entry: `${folder}/subscribers/dispatch-webhooks.ts`,
      events: ['*'],
      batchSize: 10,
      access: { tables: table, queues: [deliveries, lanes, batches, handlers] },
    },
    {
      name: 'alert-recorder',
      entry: `${folder}/subscribers/record-alerts.ts`,
      events: [systemAlert.type, systemAlertCleared.type],
      access: { tables: table },
    },
  ],
  consumers: [
    {
      name: 'deliverer',
      entry: `${folder}/consumers/deliver-webhooks.ts`,
      queue: { name: deliveries },
      batchSize: 10,
      // Receivers that hang hold an instance for up to 30 s; enough of them leave room for the others.
      maxConcurrency: 100,
      memoryMb: 512,
      access: { tables: table, queues: [deliveries], keys: { secrets: 'decrypt' }, internet: true },
      environment: addresses,
    },
    {
      name: 'lane-runner',
      entry: `${folder}/consumers/run-lanes.ts`,
      queue: { name: lanes },
      batchSize: 5,
      memoryMb: 512,
      access: { tables: table, queues: [lanes], keys: { secrets: 'decrypt' }, internet: true },
      environment: addresses,
    },
    {
      name: 'batcher',
      entry: `${folder}/consumers/flush-batches.ts`,
      queue: { name: batches },
      batchSize: 5,
      access: { tables: table, queues: [batches, deliveries] },
    },
    {
      name: 'replayer',
      entry: `${folder}/consumers/run-replays.ts`,
      queue: { name: replays },
      batchSize: 1,
      access: { tables: table, queues: [replays, deliveries, lanes, handlers] },
    },
    {
      name: 'event-handler',
      entry: `${folder}/consumers/run-event-handlers.ts`,
      queue: { name: handlers },
      // A provider may take 20 s; each message is one of them.
      batchSize: 5,
      memoryMb: 512,
      access: { tables: table, queues: [handlers], keys: { secrets: 'decrypt' }, internet: true },
      environment: providerAddresses,
    },
    {
      name: 'health-checker',
      entry: `${folder}/integration-tests/run-health-checks.ts`,
      queue: { name: healthChecks },
      batchSize: 1,
      // A hundred integrations, ten at a time, fifteen seconds each.
      timeoutSeconds: 180,
      memoryMb: 512,
      access: { tables: table, keys: secrets, internet: true },
      environment: providerAddresses,
    },
    {
      name: 'payment-resolver',
      entry: `${folder}/payment-outcomes/run-payment-sweep.ts`,
      queue: { name: paymentSweeps },
      batchSize: 1,
      // Sixty payments, ten at a time, twenty seconds each.
      timeoutSeconds: 180,
      memoryMb: 512,
      access: { tables: table, keys: { secrets: 'decrypt' }, internet: true },
      environment: providerAddresses,
    },
  ],
  schedules: [
    {
      name: 'start-payment-sweeps',
      entry: `${folder}/payment-outcomes/start-payment-sweeps.ts`,
      schedule: 'rate(5 minutes)',
      access: { tables: { identity: 'read' }, queues: [paymentSweeps] },
    },
    {
      name: 'start-health-checks',
      entry: `${folder}/integration-tests/start-health-checks.ts`,
      schedule: 'rate(15 minutes)',
      access: { tables: { identity: 'read' }, queues: [healthChecks] },
    },
    {
      name: 'alert-clock',
      entry: `${folder}/alerts/run-alert-timers.ts`,
      schedule: 'rate(5 minutes)',
      access: { tables: table },
    },
  ],
  alarms: [
    {
      metric: 'ProviderCallsFailed',
      threshold: 50,
      description: 'Many calls of external providers fail at every provider.',
      runbook: 'provider-calls',
    },
    {
      metric: 'EventHandlersFailed',
      threshold: 100,
      description: 'Many functions of event subscriptions fail; they are tried again.',
      runbook: 'event-handlers',
    },
    {
      metric: 'WebhookDeliveriesFailed',
      threshold: 100,
      description: 'Many webhook deliveries fail; they are tried again.',
      runbook: 'webhook-deliveries',
    },
  ],
});
