/** Routes of customers. A customer is never deleted: bills and payments stand on the record. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { changesOf } from '../../../layers/kernel/schema/change-schema.ts';
import { externalId, generatedId, label } from '../../../layers/kernel/schema/common.ts';
import { statementQuery, statementSchema } from '../accounts/statement-schema.ts';
import { documentAnswer, documentQuery } from '../documents/document-routes.ts';
import { storedInvoiceSchema } from '../invoices/invoice-schema.ts';
import { storedCustomerMessageSchema } from '../messages/message-schema.ts';
import { storedPaymentSchema } from '../payments/payment-schema.ts';
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
      description:
        '`search` is words of the name, or parts of them, in either language and any order. Letters that are written either way are one: أ إ آ ٱ ا, ة ه, ى ي, Arabic and Latin digits, capitals, accents; harakat and tatweel do not count. A page may be short, even empty: go on while there is a cursor.',
      query: z.object({
        accountNumber: z.optional(externalId()),
        type: z.optional(z.enum(customerTypes)),
        status: z.optional(z.enum(customerStatuses)),
        routeId: z.optional(externalId()),
        phone: z.optional(label(20)),
        search: z.optional(label(100)),
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
      errors: ['already_exists', 'unprocessable'],
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
      errors: ['not_found', 'version_conflict', 'conflict', 'unprocessable'],
    },
    listCustomerMessages: {
      method: 'GET',
      path: '/{id}/messages',
      access: 'billing:messages:read',
      summary: 'List what was sent to the customer and what became of it, the newest first.',
      params,
      response: z.array(storedCustomerMessageSchema),
      paginated: true,
      errors: ['not_found'],
    },
    getCustomerStatementPdf: {
      method: 'GET',
      path: '/{id}/statement/pdf',
      access: 'billing:customers:read',
      summary: 'Get the statement between two days as PDF, in Arabic or English.',
      params,
      query: z.extend(documentQuery, statementQuery.shape),
      response: documentAnswer,
      errors: ['not_found', 'unprocessable'],
    },
    getCustomerHistory: historyRoute('billing:customers:read', 'customer', params),
    listCustomerMeters: {
      method: 'GET',
      path: '/{id}/meters',
      access: 'billing:customers:read',
      summary: 'List the customer’s supplies: which meter, from when to when, under which tariff.',
      params,
      response: z.array(storedSupplySchema),
      paginated: true,
      errors: ['not_found'],
    },
    listCustomerInvoices: {
      method: 'GET',
      path: '/{id}/invoices',
      access: 'billing:invoices:read',
      summary: 'List the customer’s invoices, the newest period first.',
      params,
      response: z.array(storedInvoiceSchema),
      paginated: true,
      errors: ['not_found'],
    },
    listCustomerPayments: {
      method: 'GET',
      path: '/{id}/payments',
      access: 'billing:payments:read',
      summary: 'List the customer’s payments, the newest first.',
      params,
      response: z.array(storedPaymentSchema),
      paginated: true,
      errors: ['not_found'],
    },
    openPortal: {
      method: 'PUT',
      path: '/{id}/portal-access/{userId}',
      access: 'billing:customers:write',
      summary: 'Let a user of the portal act as this customer.',
      description:
        'The user needs the role CUSTOMER. A user may act for several customers, and a customer may have several users. Users can also link themselves, with a code sent to the phone of the account.',
      params: z.extend(params, { userId: generatedId('usr') }),
      response: z.object({ userId: z.string(), customerId: z.string() }),
      status: 200,
      errors: ['not_found'],
    },
    listPortalUsers: {
      method: 'GET',
      path: '/{id}/portal-access',
      access: 'billing:customers:read',
      summary: 'List the users of the portal who act as this customer.',
      params,
      response: z.array(z.object({ userId: z.string(), customerId: z.string(), linkedAt: z.string() })),
      paginated: true,
      errors: ['not_found'],
    },
    closePortal: {
      method: 'DELETE',
      path: '/{id}/portal-access/{userId}',
      access: 'billing:customers:write',
      summary: 'End a user’s access to this customer in the portal.',
      params: z.extend(params, { userId: generatedId('usr') }),
      errors: ['not_found', 'version_conflict'],
    },
    getCustomerBalance: {
      method: 'GET',
      path: '/{id}/balance',
      access: 'billing:customers:read',
      summary: 'What the customer owes, in each currency.',
      params,
      response: z.array(
        z.object({
          currency: z.string(),
          /** Negative when the customer is in credit. */
          balance: z.string(),
          /** Paid ahead, and part of the balance. */
          advance: z.string(),
        }),
      ),
      errors: ['not_found'],
    },
    getCustomerStatement: {
      method: 'GET',
      path: '/{id}/statement',
      access: 'billing:customers:read',
      summary: 'Everything that moved the account between two days, with the balance after each.',
      params,
      query: statementQuery,
      response: statementSchema,
      errors: ['not_found', 'unprocessable'],
    },
  },
});
