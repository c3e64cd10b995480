/** Routes of the customers' portal: everything is the caller's own. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { changesOf } from '../../../layers/kernel/schema/change-schema.ts';
import { generatedId, utcTime } from '../../../layers/kernel/schema/common.ts';
import { localDate } from '../../../layers/tariff/tariff-schema.ts';
import { createCustomerSchema, customerSchema } from '../customers/customer-schema.ts';
import { storedInvoiceSchema } from '../invoices/invoice-schema.ts';
import { storedPaymentSchema } from '../payments/payment-schema.ts';

/** What customers may see and change of their own record. */
const profileSchema = storedSchema(
  z.pick(customerSchema, {
    id: true,
    accountNumber: true,
    name: true,
    nameAr: true,
    type: true,
    phone: true,
    email: true,
    address: true,
    language: true,
    channels: true,
    status: true,
  }),
);

const consumptionSchema = z.object({
  meterId: z.string(),
  interval: z.enum(['day', 'month']),
  buckets: z.array(
    z.object({
      start: utcTime(),
      end: utcTime(),
      /** Null when nothing is known. */
      consumptionKwh: z.nullable(z.string()),
      /** The same time of the year before; null when nothing is known. */
      yearBeforeKwh: z.nullable(z.string()),
      estimated: z.boolean(),
    }),
  ),
  totalKwh: z.string(),
  yearBeforeKwh: z.nullable(z.string()),
});

export const portal = defineResource({
  name: 'portal',
  base: '/api/portal',
  title: 'Customer portal',
  routes: {
    getOwnCustomer: {
      method: 'GET',
      path: '/profile',
      access: 'portal:profile:read',
      summary: 'Your own record, what you owe and what you have paid ahead.',
      response: z.extend(profileSchema, {
        balances: z.array(z.object({ currency: z.string(), balance: z.string(), advance: z.string() })),
        meters: z.array(z.object({ meterId: z.string(), from: z.string(), to: z.optional(z.string()) })),
      }),
    },
    updateOwnCustomer: {
      method: 'PUT',
      path: '/profile',
      access: 'portal:profile:write',
      summary: 'Change how you are reached. Name and address are changed by the utility.',
      body: changesOf(z.pick(createCustomerSchema, { phone: true, email: true, language: true, channels: true })),
      response: profileSchema,
      errors: ['version_conflict'],
    },
    listOwnInvoices: {
      method: 'GET',
      path: '/invoices',
      access: 'portal:invoices:read',
      summary: 'Your invoices, the newest first, each line explained.',
      response: z.array(storedInvoiceSchema),
      paginated: true,
    },
    getOwnInvoice: {
      method: 'GET',
      path: '/invoices/{id}',
      access: 'portal:invoices:read',
      summary: 'One of your invoices.',
      params: z.object({ id: generatedId('inv') }),
      response: storedInvoiceSchema,
      errors: ['not_found'],
    },
    listOwnPayments: {
      method: 'GET',
      path: '/payments',
      access: 'portal:payments:read',
      summary: 'Your payments, the newest first.',
      response: z.array(storedPaymentSchema),
      paginated: true,
    },
    getOwnConsumption: {
      method: 'GET',
      path: '/consumption',
      access: 'portal:consumption:read',
      summary: 'What you used, beside the same time of the year before.',
      query: z.object({
        interval: z._default(z.enum(['day', 'month']), 'month'),
        from: z.optional(localDate()),
        /** First day after. */
        to: z.optional(localDate()),
      }),
      response: z.array(consumptionSchema),
      errors: ['unprocessable'],
    },
  },
});
