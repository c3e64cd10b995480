/** The functions of money that comes in and goes back: payments, tills, providers, files of banks. */
import type { DomainPart } from '../../../layers/kernel/domain/manifest.ts';
import { bankImports } from '../bank-imports/routes.ts';
import { cashierSessions } from '../cashier-sessions/routes.ts';
import { checkouts } from '../checkouts/routes.ts';
import { documentMaker } from '../messages/message-functions.ts';
import { paymentSettings } from '../payment-settings/routes.ts';
import { providerAddresses, providerCalls } from '../provider-access.ts';
import { refunds } from '../refunds/routes.ts';
import { payments } from './routes.ts';

const folder = 'functions/billing';
const limits = { limits: 'write' } as const;

export const paymentFunctions: DomainPart = {
  resources: [
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
      access: {
        tables: { billing: 'readWrite', platform: 'readWrite', identity: 'read', ...limits },
        ...providerCalls,
      },
      environment: providerAddresses,
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
  subscribers: [
    {
      name: 'order-provider-work',
      entry: `${folder}/provider-payments/on-payment-events.ts`,
      events: ['payment.notified', 'payment.half_way', 'checkout.changed', 'refund.changed'],
      access: { tables: { billing: 'read' }, queues: ['provider-payments'] },
    },
    {
      name: 'set-off-advances',
      entry: `${folder}/payments/on-advance-left.ts`,
      events: ['advance.left'],
      access: { tables: { billing: 'readWrite' } },
    },
  ],
  consumers: [
    {
      name: 'settle-with-providers',
      entry: `${folder}/provider-payments/work-off.ts`,
      queue: { name: 'provider-payments' },
      timeoutSeconds: 120,
      environment: providerAddresses,
      access: {
        tables: { billing: 'readWrite', platform: 'readWrite', identity: 'read' },
        queues: ['provider-payments'],
        ...providerCalls,
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
  ],
};
