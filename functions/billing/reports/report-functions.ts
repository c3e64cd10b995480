/** The functions of reports, for the manifest of billing. */
import type { DomainPart } from '../../../layers/kernel/domain/manifest.ts';
import { documentMaker } from '../messages/message-functions.ts';
import { billingReports } from './routes.ts';

const folder = 'functions/billing/reports';

export const reportFunctions: DomainPart = {
  resources: [
    {
      resource: billingReports,
      entry: `${folder}/handler.ts`,
      access: {
        tables: { billing: 'readWrite', identity: 'read', limits: 'write' },
        queues: ['billing-reports'],
        buckets: documentMaker.drawn,
      },
      assets: documentMaker.assets,
      timeoutSeconds: 29,
      memoryMb: 1024,
    },
  ],
  consumers: [
    {
      name: 'count-customers',
      entry: `${folder}/count-customers.ts`,
      queue: { name: 'billing-reports' },
      batchSize: 1,
      timeoutSeconds: 120,
      memoryMb: 512,
      access: { tables: { billing: 'readWrite', identity: 'read' }, queues: ['billing-reports'] },
    },
  ],
};
