/** The functions of scheduled reports, for the manifest of billing. */
import type { DomainPart } from '../../../layers/kernel/domain/manifest.ts';
import { documentMaker } from '../messages/message-functions.ts';
import { reportSchedules } from './routes.ts';

const folder = 'functions/billing/report-schedules';

export const reportScheduleFunctions: DomainPart = {
  resources: [
    {
      resource: reportSchedules,
      entry: `${folder}/handler.ts`,
      access: {
        tables: { billing: 'readWrite', identity: 'read', limits: 'write' },
        buckets: documentMaker.drawn,
      },
      assets: documentMaker.assets,
      timeoutSeconds: 29,
      memoryMb: 1024,
    },
  ],
  schedules: [
    {
      name: 'start-reports',
      entry: `${folder}/start-reports.ts`,
      schedule: 'rate(5 minutes)',
      timeoutSeconds: 300,
      access: { tables: { billing: 'readWrite', identity: 'read' }, queues: ['billing-reports', 'loss-reports'] },
    },
  ],
  subscribers: [
    {
      name: 'mail-reports',
      entry: `${folder}/on-report-ended.ts`,
      events: ['report.ready', 'report.failed'],
      batchSize: 1,
      access: { tables: { billing: 'readWrite', identity: 'read' }, email: true },
    },
  ],
};
