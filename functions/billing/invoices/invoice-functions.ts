/** The functions that make bills of readings: invoices, runs, corrections, validation. */
import type { DomainPart } from '../../../layers/kernel/domain/manifest.ts';
import { corrections } from '../corrections/routes.ts';
import { documentMaker } from '../messages/message-functions.ts';
import { veeExceptions } from '../vee-exceptions/routes.ts';
import { veeSettings } from '../vee-settings/routes.ts';
import { invoices } from './routes.ts';

const folder = 'functions/billing';
const limits = { limits: 'write' } as const;

export const invoiceFunctions: DomainPart = {
  resources: [
    {
      resource: invoices,
      entry: `${folder}/invoices/handler.ts`,
      access: {
        tables: { billing: 'readWrite', metering: 'read', readings: 'read', identity: 'read', ...limits },
        // A bill made anew may move a peak that later bills rest on.
        queues: ['billing-runs', 'invoice-sendings', 'corrections'],
        buckets: { ...documentMaker.kept, ...documentMaker.drawn },
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
  ],
  subscribers: [
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
  ],
  consumers: [
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
};
