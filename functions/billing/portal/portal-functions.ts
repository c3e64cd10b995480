/** The functions of what customers see and do, in the portal and in the app. */
import { fontAssets } from '../../../layers/documents/fonts.ts';
import type { DomainPart, FunctionSpec } from '../../../layers/kernel/domain/manifest.ts';
import { documentMaker } from '../messages/message-functions.ts';
import { providerAddresses, providerCalls } from '../provider-access.ts';
import { customerApp } from './app-routes.ts';
import { portal } from './routes.ts';

const folder = 'functions/billing';

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
      limits: 'write',
    },
    buckets: { 'ticket-files': 'readWrite', ...documentMaker.kept, ...documentMaker.drawn },
    queues: ['portal-link-codes'],
    ...providerCalls,
  },
  environment: providerAddresses,
  // Draws invoices and receipts.
  assets: fontAssets,
  memoryMb: 1024,
  timeoutSeconds: 29,
} satisfies Omit<FunctionSpec, 'name' | 'entry'>;

export const portalFunctions: DomainPart = {
  resources: [
    { resource: portal, entry: `${folder}/portal/handler.ts`, ...ofCustomers },
    { resource: customerApp, entry: `${folder}/portal/app-handler.ts`, ...ofCustomers },
  ],
  subscribers: [
    {
      name: 'tell-of-tickets',
      entry: `${folder}/portal/tell-of-tickets.ts`,
      events: ['ticket.created', 'ticket.message', 'ticket.updated'],
      access: { tables: { billing: 'readWrite', identity: 'read' } },
    },
  ],
  consumers: [
    {
      name: 'send-link-codes',
      entry: `${folder}/portal/send-link-codes.ts`,
      queue: { name: 'portal-link-codes', maxReceiveCount: 4 },
      access: { tables: { billing: 'readWrite' }, keys: { secrets: 'encrypt' }, textMessages: true },
      // A code lives ten minutes.
      timeoutSeconds: 15,
    },
  ],
};
