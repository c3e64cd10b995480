/** Manifest of the support domain: tickets, their files, their due times, what they show in numbers. */
import { defineDomain } from '../../layers/kernel/domain/manifest.ts';
import { attachmentBucket } from './attachments/attachment-entity.ts';
import { supportEvents } from './events.ts';
import { supportReports } from './reports/routes.ts';
import { supportSettingsRoutes } from './settings/routes.ts';
import { tickets } from './tickets/routes.ts';

const folder = 'functions/support';
const limits = { limits: 'write' } as const;

export const support = defineDomain({
  name: 'support',
  tables: { support: { indexes: ['gsi1', 'gsi2'], outbox: true } },
  buckets: { [attachmentBucket]: { browserAccess: true } },
  events: supportEvents,
  resources: [
    {
      resource: tickets,
      entry: `${folder}/tickets/handler.ts`,
      access: {
        tables: { support: 'readWrite', billing: 'read', identity: 'read', ...limits },
        buckets: { [attachmentBucket]: 'readWrite' },
      },
    },
    {
      resource: supportReports,
      entry: `${folder}/reports/handler.ts`,
      // Looks through every ticket of a span of days.
      memoryMb: 512,
      timeoutSeconds: 29,
      access: { tables: { support: 'read', identity: 'read', ...limits } },
    },
    {
      resource: supportSettingsRoutes,
      entry: `${folder}/settings/handler.ts`,
      access: { tables: { support: 'readWrite', ...limits } },
    },
  ],
  schedules: [
    {
      name: 'watch-tickets',
      entry: `${folder}/sla/watch-tickets.ts`,
      schedule: 'rate(10 minutes)',
      access: { tables: { support: 'readWrite', identity: 'read' } },
    },
  ],
});
