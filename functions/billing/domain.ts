/** Manifest of the billing domain: customers, their supplies, tariffs, invoices, payments. */
import { fontAssets } from '../../layers/documents/fonts.ts';
import { defineDomain, type FunctionSpec } from '../../layers/kernel/domain/manifest.ts';
import { bankImports } from './bank-imports/routes.ts';
import { cashierSessions } from './cashier-sessions/routes.ts';
import { checkouts } from './checkouts/routes.ts';
import { meterCommands } from './commands/routes.ts';
import { corrections } from './corrections/routes.ts';
import { customers } from './customers/routes.ts';
import { dunning } from './dunning/routes.ts';
import { billingEvents } from './events.ts';
import { fieldOffice } from './field-office/routes.ts';
import { invoices } from './invoices/routes.ts';
import { lossConsumers, lossResources } from './losses/loss-functions.ts';
import {
  documentMaker,
  messageConsumers,
  messageResources,
  messageSchedules,
  messageSubscribers,
} from './messages/message-functions.ts';
import { mobile } from './mobile/routes.ts';
import { paymentSettings } from './payment-settings/routes.ts';
import { payments } from './payments/routes.ts';
import { customerApp } from './portal/app-routes.ts';
import { portal } from './portal/routes.ts';
import {
  prepaidConsumers,
  prepaidResources,
  prepaidSchedules,
  prepaidSubscribers,
} from './prepaid/prepaid-functions.ts';
import { refunds } from './refunds/routes.ts';
import { reportConsumers, reportResources } from './reports/report-functions.ts';
import { supplies } from './supplies/routes.ts';
import { tariffs } from './tariffs/routes.ts';
import { veeExceptions } from './vee-exceptions/routes.ts';
import { veeSettings } from './vee-settings/routes.ts';

const folder = 'functions/billing';
const limits = { limits: 'write' } as const;
/** What calls to providers need. */
const providers = { keys: { secrets: 'decrypt' }, internet: true } as const;
const addresses = {
  ALLOW_LOOPBACK_WEBHOOKS: '${stage.webhooksMayReachLoopback}',
  PRIVATE_PROVIDER_NETWORKS: '${stage.privateProviderNetworks}',
};

/** What customers do for themselves: their bills, their tickets, paying, linking accounts. */
const ofCustomers = {
  access: {
    tables: {
      billing: 'readWrite',
      support: 'readWrite',
      platform: 'readWrite',
      metering: 'read',
      readings: 'read',
      identity: 'read',
      ...limits,
    },
    buckets: { 'ticket-files': 'readWrite', ...documentMaker.kept, ...documentMaker.drawn },
    queues: ['portal-link-codes'],
    ...providers,
  },
  environment: addresses,
  // Draws invoices and receipts.
  assets: fontAssets,
  memoryMb: 1024,
  timeoutSeconds: 29,
} satisfies Omit<FunctionSpec, 'name' | 'entry'>;

export const billing = defineDomain({
  name: 'billing',
  tables: { billing: { indexes: ['gsi1', 'gsi2'], outbox: true } },
  buckets: {
    // Evidence in a dispute about a bill.
    'field-photos': { expireAfterDays: 3 * 366, browserAccess: true },
    // What was read is in the rows; a file is kept to read it again and to answer for it.
    'bank-files': { expireAfterDays: 366, browserAccess: true },
    // Bills are evidence for as long as the law keeps books; nothing here expires by itself.
    documents: {},
    // Statements, and slips with the digits of tokens: there to be fetched, and nothing to hold on to.
    'drawn-documents': { expireAfterDays: 1, recoverable: false },
  },
  events: billingEvents,
  resources: [
    {
      resource: customers,
      entry: `${folder}/customers/handler.ts`,
      access: {
        tables: { billing: 'readWrite', identity: 'read', ...limits },
        buckets: documentMaker.drawn,
      },
      assets: documentMaker.assets,
      timeoutSeconds: 29,
      memoryMb: 1024,
    },
    {
      resource: supplies,
      entry: `${folder}/supplies/handler.ts`,
      access: {
        tables: { billing: 'readWrite', metering: 'read', identity: 'read', ...limits },
        // A supply that ends on a day that is billed already.
        queues: ['corrections'],
      },
    },
    {
      resource: tariffs,
      entry: `${folder}/tariffs/handler.ts`,
      access: { tables: { billing: 'readWrite', identity: 'read', ...limits } },
    },
    {
      resource: invoices,
      entry: `${folder}/invoices/handler.ts`,
      access: {
        tables: { billing: 'readWrite', metering: 'read', readings: 'read', identity: 'read', ...limits },
        // A bill made anew may move a peak that later bills rest on.
        queues: ['billing-runs', 'invoice-sendings', 'corrections'],
        buckets: documentMaker.kept,
      },
      assets: documentMaker.assets,
      timeoutSeconds: 29,
      memoryMb: 1024,
    },
    {
      resource: corrections,
      entry: `${folder}/corrections/handler.ts`,
      access: {
        tables: { billing: 'readWrite', metering: 'read', readings: 'read', identity: 'read', ...limits },
        queues: ['corrections'],
      },
      timeoutSeconds: 29,
      memoryMb: 512,
    },
    { resource: portal, entry: `${folder}/portal/handler.ts`, ...ofCustomers },
    { resource: customerApp, entry: `${folder}/portal/app-handler.ts`, ...ofCustomers },
    {
      resource: dunning,
      entry: `${folder}/dunning/handler.ts`,
      access: { tables: { billing: 'readWrite', ...limits } },
    },
    {
      resource: meterCommands,
      entry: `${folder}/commands/handler.ts`,
      access: {
        tables: { billing: 'readWrite', metering: 'read', identity: 'read', ...limits },
      },
    },
    {
      resource: mobile,
      entry: `${folder}/mobile/handler.ts`,
      access: {
        tables: { billing: 'readWrite', metering: 'readWrite', readings: 'readWrite', identity: 'read', ...limits },
        buckets: { 'field-photos': 'write' },
      },
      timeoutSeconds: 29,
      memoryMb: 512,
    },
    {
      resource: fieldOffice,
      entry: `${folder}/field-office/handler.ts`,
      access: {
        tables: { billing: 'readWrite', metering: 'readWrite', readings: 'readWrite', identity: 'read', ...limits },
        buckets: { 'field-photos': 'read' },
      },
      timeoutSeconds: 29,
    },
    {
      resource: payments,
      entry: `${folder}/payments/handler.ts`,
      access: {
        tables: { billing: 'readWrite', identity: 'read', ...limits },
        buckets: documentMaker.kept,
      },
      assets: documentMaker.assets,
      timeoutSeconds: 29,
      memoryMb: 1024,
    },
    {
      resource: checkouts,
      entry: `${folder}/checkouts/handler.ts`,
      access: { tables: { billing: 'readWrite', platform: 'readWrite', identity: 'read', ...limits }, ...providers },
      environment: addresses,
      timeoutSeconds: 29,
    },
    {
      resource: refunds,
      entry: `${folder}/refunds/handler.ts`,
      access: { tables: { billing: 'readWrite', identity: 'read', ...limits } },
    },
    {
      resource: paymentSettings,
      entry: `${folder}/payment-settings/handler.ts`,
      access: { tables: { billing: 'readWrite', ...limits } },
    },
    {
      resource: cashierSessions,
      entry: `${folder}/cashier-sessions/handler.ts`,
      access: { tables: { billing: 'readWrite', identity: 'read', ...limits } },
    },
    {
      resource: veeSettings,
      entry: `${folder}/vee-settings/handler.ts`,
      access: { tables: { billing: 'readWrite', ...limits } },
    },
    {
      resource: veeExceptions,
      entry: `${folder}/vee-exceptions/handler.ts`,
      access: { tables: { billing: 'readWrite', identity: 'read', ...limits } },
    },
    ...prepaidResources,
    ...messageResources,
    ...reportResources,
    ...lossResources,
    {
      resource: bankImports,
      entry: `${folder}/bank-imports/handler.ts`,
      access: {
        tables: { billing: 'readWrite', identity: 'read', ...limits },
        buckets: { 'bank-files': 'readWrite' },
        queues: ['bank-imports'],
      },
      timeoutSeconds: 29,
    },
  ],
  schedules: [
    ...prepaidSchedules,
    ...messageSchedules,
    {
      name: 'sweep-photos',
      entry: `${folder}/mobile/sweep-photos.ts`,
      schedule: 'cron(30 1 * * ? *)',
      timeoutSeconds: 300,
      access: { tables: { billing: 'readWrite', identity: 'read' }, buckets: { 'field-photos': 'write' } },
    },
    {
      name: 'start-dunning',
      entry: `${folder}/dunning/start-dunning.ts`,
      // Early in the morning of Arabia; days are each tenant's own.
      schedule: 'cron(0 4 * * ? *)',
      access: { tables: { identity: 'read' }, queues: ['dunning'] },
    },
  ],
  subscribers: [
    ...prepaidSubscribers,
    ...messageSubscribers(addresses),
    {
      name: 'tell-of-tickets',
      entry: `${folder}/portal/tell-of-tickets.ts`,
      events: ['ticket.created', 'ticket.message', 'ticket.updated'],
      access: { tables: { billing: 'readWrite', identity: 'read' } },
    },
    {
      name: 'take-readings',
      entry: `${folder}/supply-readings/on-readings.ts`,
      events: [
        'meter.reading',
        'meter.reading_edited',
        'meter.usage_edited',
        'meter.exchanged',
        'meter.record_corrected',
      ],
      access: { tables: { billing: 'readWrite', identity: 'read' }, queues: ['corrections'] },
    },
    {
      name: 'order-provider-work',
      entry: `${folder}/provider-payments/on-payment-events.ts`,
      events: ['payment.notified', 'checkout.changed', 'refund.changed'],
      access: { tables: { billing: 'read' }, queues: ['provider-payments'] },
    },
    {
      name: 'reconnect-paid',
      entry: `${folder}/dunning/on-reasons-to-reconnect.ts`,
      events: [
        'invoice.paid',
        'invoice.cancelled',
        'payment.received',
        'subscriber.updated',
        'supply.started',
        'meter.command_changed',
      ],
      access: { tables: { billing: 'readWrite', metering: 'read', identity: 'read' } },
    },
    {
      name: 'order-commands',
      entry: `${folder}/commands/on-command-changed.ts`,
      events: ['meter.command_changed'],
      access: { queues: ['meter-commands'] },
    },
    {
      name: 'confirm-commands',
      entry: `${folder}/commands/on-status-changed.ts`,
      events: ['meter.status_changed', 'meter.control_confirmed'],
      access: { tables: { billing: 'readWrite' } },
    },
  ],
  consumers: [
    ...prepaidConsumers,
    ...messageConsumers,
    ...reportConsumers,
    ...lossConsumers,
    {
      name: 'send-link-codes',
      entry: `${folder}/portal/send-link-codes.ts`,
      queue: { name: 'portal-link-codes', maxReceiveCount: 4 },
      access: { tables: { billing: 'readWrite' }, keys: { secrets: 'encrypt' }, textMessages: true },
      // A code lives ten minutes.
      timeoutSeconds: 15,
    },
    {
      name: 'correct-bills',
      entry: `${folder}/corrections/correct-bills.ts`,
      queue: { name: 'corrections' },
      batchSize: 1,
      timeoutSeconds: 120,
      memoryMb: 512,
      access: {
        tables: { billing: 'readWrite', metering: 'read', readings: 'read', identity: 'read' },
        queues: ['corrections'],
      },
    },
    {
      name: 'settle-with-providers',
      entry: `${folder}/provider-payments/work-off.ts`,
      queue: { name: 'provider-payments' },
      timeoutSeconds: 120,
      environment: addresses,
      access: {
        tables: { billing: 'readWrite', platform: 'readWrite', identity: 'read' },
        queues: ['provider-payments'],
        ...providers,
      },
    },
    {
      name: 'read-bank-files',
      entry: `${folder}/bank-imports/read-pages.ts`,
      queue: { name: 'bank-imports' },
      batchSize: 1,
      timeoutSeconds: 300,
      memoryMb: 1024,
      access: {
        tables: { billing: 'readWrite', identity: 'read' },
        buckets: { 'bank-files': 'read' },
        queues: ['bank-imports'],
      },
    },
    {
      name: 'dun-page',
      entry: `${folder}/dunning/dun-page.ts`,
      queue: { name: 'dunning' },
      batchSize: 1,
      timeoutSeconds: 120,
      access: {
        tables: { billing: 'readWrite', metering: 'read', identity: 'read' },
        queues: ['dunning'],
      },
    },
    {
      name: 'send-commands',
      entry: `${folder}/commands/send-commands.ts`,
      queue: { name: 'meter-commands' },
      access: {
        tables: { billing: 'readWrite', metering: 'read', identity: 'read' },
        queues: ['meter-commands'],
        publishTopics: ['acrel/*'],
      },
    },
    {
      name: 'bill-customers',
      entry: `${folder}/runs/bill-customers.ts`,
      queue: { name: 'billing-runs' },
      batchSize: 1,
      timeoutSeconds: 120,
      memoryMb: 1024,
      access: {
        tables: { billing: 'readWrite', metering: 'read', readings: 'read', identity: 'read' },
        queues: ['billing-runs'],
      },
    },
  ],
});
