/** The functions of losses, for the manifest of billing. */
import type { DomainPart } from '../../../layers/kernel/domain/manifest.ts';
import { documentMaker } from '../messages/message-functions.ts';
import { lossAreaRoutes } from './routes.ts';

const folder = 'functions/billing/losses';

export const lossFunctions: DomainPart = {
  resources: [
    {
      resource: lossAreaRoutes,
      entry: `${folder}/handler.ts`,
      access: {
        tables: { billing: 'readWrite', metering: 'read', scada: 'read', identity: 'read', limits: 'write' },
        queues: ['loss-reports'],
        buckets: documentMaker.drawn,
      },
      assets: documentMaker.assets,
      timeoutSeconds: 29,
      memoryMb: 1024,
    },
  ],
  consumers: [
    {
      name: 'work-on-loss-reports',
      entry: `${folder}/work-on-loss-reports.ts`,
      queue: { name: 'loss-reports' },
      batchSize: 1,
      // Looks up the meters of all areas, or reads a thousand days of readings.
      timeoutSeconds: 300,
      memoryMb: 1024,
      access: {
        tables: {
          ...{ billing: 'readWrite', metering: 'read', readings: 'read', identity: 'read' },
          ...{ scada: 'read', telemetry: 'read' },
        },
        queues: ['loss-reports'],
      },
    },
  ],
};
