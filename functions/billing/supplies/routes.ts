/** Routes of supplies: moving in, moving out, and who had a meter when. */
import * as z from 'zod/mini';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { changesOf } from '../../../layers/kernel/schema/change-schema.ts';
import { externalId, generatedId } from '../../../layers/kernel/schema/common.ts';
import { localDate } from '../../../layers/tariff/tariff-schema.ts';
import { startSupplySchema, storedSupplySchema } from './supply-schema.ts';

const params = z.object({ id: generatedId('sup') });

const changesSchema = z.extend(
  changesOf(startSupplySchema, { fixed: ['customerId', 'meterId', 'from', 'mode'], removable: true }),
  {
    /** First local day of the tariff in `tariffId`. @default the first that no bill covers yet */
    tariffFrom: z.optional(localDate()),
    phases: startSupplySchema.shape.phases,
  },
);

export const supplies = defineResource({
  name: 'supplies',
  base: '/api/billing/supplies',
  title: 'Supplies',
  routes: {
    listSupplies: {
      method: 'GET',
      path: '',
      access: 'billing:supplies:read',
      summary: 'List the supplies of a meter, the earliest first: who had it when.',
      query: z.object({ meterId: externalId() }),
      response: z.array(storedSupplySchema),
      paginated: true,
    },
    startSupply: {
      method: 'POST',
      path: '',
      access: 'billing:supplies:write',
      summary: 'Start a supply: a customer moves in.',
      description: 'Refused while another customer has the meter on any day from `from` on: end that supply first.',
      body: startSupplySchema,
      response: storedSupplySchema,
      errors: ['not_found', 'conflict', 'unprocessable'],
    },
    getSupply: {
      method: 'GET',
      path: '/{id}',
      access: 'billing:supplies:read',
      summary: 'Get a supply.',
      params,
      response: storedSupplySchema,
      errors: ['not_found'],
    },
    updateSupply: {
      method: 'PUT',
      path: '/{id}',
      access: 'billing:supplies:write',
      summary: 'Change what bills depend on: loads, dwellings, tariff. `If-Match` guards against lost updates.',
      description:
        'Another tariff holds from the local day `tariffFrom` on, or from the first day no bill covers yet; the days before keep theirs, and a bill over the change is prorated, or two bills where the currency changes. Bills that exist change only when they are made anew.',
      params,
      body: changesSchema,
      response: storedSupplySchema,
      errors: ['not_found', 'version_conflict', 'unprocessable'],
    },
    endSupply: {
      method: 'POST',
      path: '/{id}/end',
      access: 'billing:supplies:write',
      summary: 'End a supply: the customer moves out.',
      params,
      body: z.object({
        /** First local day the customer no longer has the meter. */
        to: localDate(),
      }),
      response: storedSupplySchema,
      status: 200,
      errors: ['not_found', 'conflict', 'unprocessable'],
    },
    getSupplyHistory: historyRoute('billing:supplies:read', 'supply', params),
  },
});
