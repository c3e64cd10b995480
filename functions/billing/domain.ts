/** Manifest of the billing domain: customers, their supplies, tariffs. */
import { defineDomain } from '../../layers/kernel/domain/manifest.ts';
import { customers } from './customers/routes.ts';
import { billingEvents } from './events.ts';
import { supplies } from './supplies/routes.ts';
import { tariffs } from './tariffs/routes.ts';

const folder = 'functions/billing';
const limits = { limits: 'write' } as const;

export const billing = defineDomain({
  name: 'billing',
  tables: { billing: { indexes: ['gsi1', 'gsi2'], outbox: true } },
  events: billingEvents,
  resources: [
    {
      resource: customers,
      entry: `${folder}/customers/handler.ts`,
      access: { tables: { billing: 'readWrite', ...limits } },
    },
    {
      resource: supplies,
      entry: `${folder}/supplies/handler.ts`,
      access: { tables: { billing: 'readWrite', metering: 'read', ...limits } },
    },
    {
      resource: tariffs,
      entry: `${folder}/tariffs/handler.ts`,
      access: { tables: { billing: 'readWrite', identity: 'read', ...limits } },
    },
  ],
});
