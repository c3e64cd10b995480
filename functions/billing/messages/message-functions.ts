/** What the domain's manifest lists for messages and documents. */
import { fontAssets } from '../../../layers/documents/fonts.ts';
import type { DomainPart } from '../../../layers/kernel/domain/manifest.ts';
import { publicDocuments } from '../documents/routes.ts';
import { providerAddresses, providerCalls } from '../provider-access.ts';
import { messageSettings } from './routes.ts';

const folder = 'functions/billing';
const rows = { billing: 'readWrite', identity: 'read' } as const;

/** What a function needs that makes documents. */
export const documentMaker = {
  tables: { metering: 'read', readings: 'read' } as const,
  /** Invoices, credit notes and receipts. */
  kept: { documents: 'readWrite' } as const,
  /** Statements, collective bills and slips of tokens. */
  drawn: { 'drawn-documents': 'readWrite' } as const,
  assets: fontAssets,
};

export const messageFunctions: DomainPart = {
  resources: [
    {
      resource: messageSettings,
      entry: `${folder}/messages/handler.ts`,
      access: { tables: { billing: 'readWrite', limits: 'write' } },
    },
    {
      resource: publicDocuments,
      entry: `${folder}/documents/handler.ts`,
      access: {
        tables: { ...rows, ...documentMaker.tables, limits: 'write' },
        buckets: { ...documentMaker.kept, ...documentMaker.drawn },
      },
      assets: fontAssets,
      memoryMb: 1024,
      timeoutSeconds: 29,
    },
  ],
  schedules: [
    {
      name: 'wake-messages',
      entry: `${folder}/messages/wake-messages.ts`,
      schedule: 'rate(15 minutes)',
      timeoutSeconds: 300,
      access: { tables: rows },
    },
  ],
  subscribers: [
    {
      name: 'tell-customers',
      entry: `${folder}/messages/on-billing-events.ts`,
      events: [
        'invoice.created',
        'invoice.cancelled',
        'invoice.overdue',
        'invoice.reminder',
        'collective_bill.completed',
        'payment.received',
        'payment.reversed',
        'meter.command_changed',
      ],
      // Of 2,000 meters a collective bill takes 80 MB and half a second of a processor.
      memoryMb: 512,
      timeoutSeconds: 60,
      access: { tables: rows },
    },
    {
      name: 'send-customer-messages',
      entry: `${folder}/messages/on-message-requested.ts`,
      events: ['message.requested'],
      queue: { name: 'customer-messages', maxReceiveCount: 5 },
      batchSize: 5,
      // Of the bills of a whole run so many are with providers at once; what they are too busy for comes back later.
      maxConcurrency: 5,
      memoryMb: 1024,
      timeoutSeconds: 60,
      access: {
        queues: ['customer-messages'],
        tables: { ...rows, ...documentMaker.tables, platform: 'readWrite' },
        buckets: { ...documentMaker.kept, ...documentMaker.drawn },
        ...providerCalls,
      },
      assets: fontAssets,
      environment: providerAddresses,
    },
    {
      name: 'tell-field-staff',
      entry: `${folder}/push/tell-field-staff.ts`,
      events: ['field.route_changed'],
      queue: { name: 'field-notices', maxReceiveCount: 5 },
      timeoutSeconds: 60,
      access: {
        queues: ['field-notices'],
        tables: { ...rows, platform: 'readWrite' },
        ...providerCalls,
      },
      environment: providerAddresses,
    },
    {
      name: 'note-deliveries',
      entry: `${folder}/messages/on-message-delivered.ts`,
      events: ['message.delivered'],
      access: { tables: { billing: 'readWrite' } },
    },
  ],
  consumers: [
    {
      name: 'send-run',
      entry: `${folder}/messages/send-run.ts`,
      queue: { name: 'invoice-sendings' },
      batchSize: 1,
      timeoutSeconds: 120,
      memoryMb: 512,
      access: { tables: rows, queues: ['invoice-sendings'] },
    },
  ],
};
