/** Routes of tariffs, their versions, and the question what something would cost. */
import * as z from 'zod/mini';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { changesOf } from '../../../layers/kernel/schema/change-schema.ts';
import { generatedId } from '../../../layers/kernel/schema/common.ts';
import { localDate } from '../../../layers/tariff/tariff-schema.ts';
import { pricedSchema } from './bill-schema.ts';
import {
  createTariffSchema,
  publishedVersionSchema,
  storedTariffSchema,
  storedVersionSchema,
} from './tariff-entity.ts';
import { whatIfSchema } from './what-if.ts';

const params = z.object({ id: generatedId('tar') });

export const tariffs = defineResource({
  name: 'tariffs',
  base: '/api/billing/tariffs',
  title: 'Tariffs',
  routes: {
    listTariffs: {
      method: 'GET',
      path: '',
      access: 'billing:tariffs:read',
      summary: 'List tariffs by code.',
      query: z.object({ status: z.optional(z.enum(['active', 'retired'])) }),
      response: z.array(storedTariffSchema),
      paginated: true,
    },
    createTariff: {
      method: 'POST',
      path: '',
      access: 'billing:tariffs:write',
      summary: 'Add a tariff. It prices nothing before its first version.',
      body: createTariffSchema,
      response: storedTariffSchema,
      errors: ['already_exists'],
    },
    getTariff: {
      method: 'GET',
      path: '/{id}',
      access: 'billing:tariffs:read',
      summary: 'Get a tariff with all its versions, the earliest first.',
      params,
      response: z.extend(storedTariffSchema, { versions: z.array(storedVersionSchema) }),
      errors: ['not_found'],
    },
    updateTariff: {
      method: 'PUT',
      path: '/{id}',
      access: 'billing:tariffs:write',
      summary: 'Change a tariff’s names or retire it; prices change by a new version.',
      params,
      body: z.extend(changesOf(createTariffSchema, { fixed: ['code'], removable: true }), {
        status: z.optional(z.enum(['active', 'retired'])),
      }),
      response: storedTariffSchema,
      errors: ['not_found', 'version_conflict'],
    },
    publishTariffVersion: {
      method: 'POST',
      path: '/{id}/versions',
      access: 'billing:tariffs:write',
      summary: 'Publish a version that holds from a day on, until the next one begins.',
      description:
        'A version is never changed, since bills stand on it. One that has not begun yet can be withdrawn. A version of a past day corrects: bills of days from then on are made with it, and earlier bills can be made anew. With `export.settledIn`, a month (1 to 12), energy that is banked and not used by the end of that month is settled each year: paid at `settlementRate`, or expired where that is 0.',
      params,
      body: publishedVersionSchema,
      response: storedVersionSchema,
      errors: ['not_found', 'already_exists', 'unprocessable'],
    },
    withdrawTariffVersion: {
      method: 'DELETE',
      path: '/{id}/versions/{from}',
      access: 'billing:tariffs:write',
      summary: 'Withdraw a version that has not begun.',
      params: z.extend(params, { from: localDate() }),
      errors: ['not_found', 'conflict', 'version_conflict'],
    },
    priceWithTariff: {
      method: 'POST',
      path: '/{id}/price',
      access: 'billing:tariffs:read',
      summary: 'What a consumption would cost under the tariff, line by line.',
      description:
        'Nothing is kept. The same engine makes the bills. Where the currency changes within the days, the days from then on are bills of their own (`others`), and there is a total for each currency.',
      params,
      body: whatIfSchema,
      response: pricedSchema,
      status: 200,
      idempotent: false,
      errors: ['not_found', 'unprocessable'],
    },
    getTariffHistory: historyRoute('billing:tariffs:read', 'tariff', params),
  },
});
