/** Routes of customers. A customer is never deleted: bills and payments stand on the record. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { changesOf } from '../../../layers/kernel/schema/change-schema.ts';
import { externalId, generatedId, label } from '../../../layers/kernel/schema/common.ts';
import { storedSupplySchema } from '../supplies/supply-schema.ts';
import { createCustomerSchema, customerSchema, customerStatuses, customerTypes } from './customer-schema.ts';

const params = z.object({ id: generatedId('cus') });
const stored = storedSchema(customerSchema);

export const customers = defineResource({
  name: 'customers',
  base: '/api/billing/customers',
  title: 'Customers',
  routes: {
    listCustomers: {
      method: 'GET',
      path: '',
      access: 'billing:customers:read',
      summary: 'List customers, the oldest first.',
      query: z.object({
        accountNumber: z.optional(externalId()),
        type: z.optional(z.enum(customerTypes)),
        status: z.optional(z.enum(customerStatuses)),
        routeId: z.optional(externalId()),
        phone: z.optional(label(20)),
      }),
      response: z.array(stored),
      paginated: true,
    },
    createCustomer: {
      method: 'POST',
      path: '',
      access: 'billing:customers:write',
      summary: 'Add a customer.',
      body: createCustomerSchema,
      response: stored,
      errors: ['already_exists'],
    },
    getCustomer: {
      method: 'GET',
      path: '/{id}',
      access: 'billing:customers:read',
      summary: 'Get a customer.',
      params,
      response: stored,
      errors: ['not_found'],
    },
    updateCustomer: {
      method: 'PUT',
      path: '/{id}',
      access: 'billing:customers:write',
      summary:
        'Change a customer; fields left out stay as they are, `null` removes one. `If-Match` guards against lost updates.',
      params,
      body: z.extend(changesOf(createCustomerSchema, { fixed: ['accountNumber'], removable: true }), {
        status: z.optional(z.enum(customerStatuses)),
      }),
      response: stored,
      errors: ['not_found', 'version_conflict', 'conflict'],
    },
    getCustomerHistory: historyRoute('billing:customers:read', 'customer', params),
    listCustomerMeters: {
      method: 'GET',
      path: '/{id}/meters',
      access: 'billing:customers:read',
      summary: 'List the customer’s supplies: which meter, from when to when, under which tariff.',
      params,
      response: z.array(storedSupplySchema),
      errors: ['not_found'],
    },
  },
});
