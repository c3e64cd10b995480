/** The functions of the field: the app, the office behind it, photos that are taken away. */
import type { DomainPart } from '../../../layers/kernel/domain/manifest.ts';
import { fieldOffice } from '../field-office/routes.ts';
import { mobile } from './routes.ts';

const folder = 'functions/billing';
const limits = { limits: 'write' } as const;

export const fieldFunctions: DomainPart = {
  resources: [
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
  ],
  schedules: [
    {
      name: 'sweep-photos',
      entry: `${folder}/mobile/sweep-photos.ts`,
      schedule: 'cron(30 1 * * ? *)',
      timeoutSeconds: 300,
      access: { tables: { billing: 'readWrite', identity: 'read' }, buckets: { 'field-photos': 'write' } },
    },
  ],
};
