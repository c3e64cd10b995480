/** What can be done with customers. */
import { refuseStale } from '../../../layers/kernel/crud/crud-operations.ts';
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { equals, type FilterTerm } from '../../../layers/kernel/data/expressions.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { queryShards } from '../../../layers/kernel/data/sharded-query.ts';
import { isSaid, saysAll } from '../../../layers/kernel/data/text-search.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { requireUser } from '../../identity/contract.ts';
import { balancesOf, statementOf } from '../accounts/show-account.ts';
import { statementSpan } from '../accounts/statement-span.ts';
import { answerDocument } from '../documents/answer-document.ts';
import { statementRef } from '../documents/document-schema.ts';
import { subscriberCreated, subscriberUpdated } from '../events.ts';
import { listOfCustomer } from '../invoices/list-of-customer.ts';
import { listMessages } from '../messages/list-messages.ts';
import { paymentEntity } from '../payments/payment-entity.ts';
import type { Payment } from '../payments/payment-schema.ts';
import { linkUser, unlinkUser } from '../portal/link-account.ts';
import { type PortalAccess, portalAccessEntity } from '../portal/portal-access.ts';
import { pageOfSupplies, suppliesOfCustomer } from '../supplies/supply-entity.ts';
import { shownSupply } from '../supplies/supply-schema.ts';
import { newAccountNumber } from './account-number.ts';
import { accountNumberEntity, customerEntity, customerPartitions } from './customer-entity.ts';
import { refuseHalfPlace } from './customer-place.ts';
import type { Customer } from './customer-schema.ts';
import type { customers } from './routes.ts';

export const customerOperations: Operations<typeof customers.routes> = {
  listCustomers: async ({ session, query: { accountNumber, routeId, search, ...filters }, page }) => {
    if (accountNumber !== undefined) {
      const found = await customerOfAccount(session, accountNumber);
      const fits =
        found !== undefined &&
        matches(found, { routeId, ...filters }) &&
        (search === undefined || isSaid(search, [found.name, found.nameAr]));
      return { data: fits ? [found] : [], pagination: { limit: page.limit, nextCursor: null } };
    }
    const filter = [...equals(filters), ...(search === undefined ? [] : saysAll(search, asWritten(search)))];
    const { items, nextCursor } =
      routeId === undefined
        ? await queryShards(session, customerEntity, {
            index: 'gsi1',
            partitions: customerPartitions,
            sortKeyOf: ({ id }) => [id],
            filter,
            ...page,
          })
        : await session.query<Customer & Stored>(customerEntity, {
            index: 'gsi2',
            pk: ['ROUTE', routeId],
            filter,
            ...page,
          });
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },

  createCustomer: async ({ session, body }) => {
    refuseHalfPlace(body);
    const accountNumber = body.accountNumber ?? newAccountNumber();
    const customer: Customer = { ...body, id: newId('cus'), accountNumber, status: 'active' };
    const data = await session.transact('billing', (unit) => {
      const stored = unit.create(customerEntity, customer);
      unit.create(accountNumberEntity, { accountNumber, customerId: customer.id });
      unit.emit(subscriberCreated, { aggregateId: customer.id, payload: stored });
      return stored;
    });
    return { data };
  },

  getCustomer: async ({ session, params }) => ({ data: await session.require(customerEntity, params) }),

  updateCustomer: async ({ session, params, body, expectedVersion }) => {
    const before = await session.require(customerEntity, params);
    refuseStale(before, expectedVersion);
    refuseHalfPlace(body, before);
    if (body['status'] === 'closed') await refuseWhileSupplied(session, params.id);
    const data = await session.transact('billing', (unit) => {
      const after = unit.update(customerEntity, before, body);
      unit.emit(subscriberUpdated, { aggregateId: before.id, payload: after });
      return after;
    });
    return { data };
  },

  listCustomerMessages: async ({ session, params, page, principal }) => {
    await session.require(customerEntity, params);
    return listMessages(session, { customerId: params.id }, page, principal.permissions);
  },

  getCustomerStatementPdf: async ({ session, params: { id }, query: { language, ...span } }) =>
    answerDocument(session, id, statementRef(id, await statementSpan(session, span)), language),

  getCustomerHistory: readHistory(customerEntity),

  listCustomerMeters: async ({ session, params, page }) => {
    await session.require(customerEntity, params);
    const { items, nextCursor } = await pageOfSupplies(session, params.id, page);
    return { data: items.map(shownSupply), pagination: { limit: page.limit, nextCursor } };
  },

  listCustomerInvoices: async ({ session, params, page }) => {
    await session.require(customerEntity, params);
    const { items, nextCursor } = await listOfCustomer(session, params.id, page);
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },

  listCustomerPayments: async ({ session, params, page }) => {
    await session.require(customerEntity, params);
    const { items, nextCursor } = await session.query<Payment & Stored>(paymentEntity, {
      index: 'gsi2',
      pk: ['CUSTOMER-PAYMENTS', params.id],
      order: 'descending',
      ...page,
    });
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },

  openPortal: async ({ session, params: { id, userId } }) => {
    await Promise.all([session.require(customerEntity, { id }), requireUser(session, userId)]);
    await linkUser(session, userId, id);
    return { data: { userId, customerId: id } };
  },

  listPortalUsers: async ({ session, params: { id }, page }) => {
    await session.require(customerEntity, { id });
    const { items, nextCursor } = await session.query<PortalAccess & Stored>(portalAccessEntity, {
      index: 'gsi1',
      pk: ['PORTAL-USERS', id],
      ...page,
    });
    const data = items.map(({ userId, customerId, createdAt }) => ({ userId, customerId, linkedAt: createdAt }));
    return { data, pagination: { limit: page.limit, nextCursor } };
  },

  closePortal: async ({ session, params: { id, userId } }) => {
    await unlinkUser(session, userId, id);
    return {};
  },

  getCustomerBalance: async ({ session, params }) => {
    await session.require(customerEntity, params);
    return { data: await balancesOf(session, params.id) };
  },

  getCustomerStatement: async ({ session, params, query }) => {
    await session.require(customerEntity, params);
    return { data: await statementOf(session, params.id, await statementSpan(session, query)) };
  },
};

/** Of customers that were written before names were kept folded. */
const asWritten = (value: string): FilterTerm[] =>
  ['name', 'nameAr'].map((attribute) => ({ attribute, operator: 'contains', value }));

async function customerOfAccount(
  session: TenantSession,
  accountNumber: string,
): Promise<(Customer & Stored) | undefined> {
  const account = await session.get(accountNumberEntity, { accountNumber }, { consistent: true });
  return account && session.get(customerEntity, { id: account.customerId }, { consistent: true });
}

const matches = (customer: object, filters: Record<string, unknown>): boolean =>
  Object.entries(filters).every(
    ([name, value]) => value === undefined || (customer as Record<string, unknown>)[name] === value,
  );

async function refuseWhileSupplied(session: TenantSession, customerId: string): Promise<void> {
  const open = (await suppliesOfCustomer(session, customerId)).find(({ to }) => to === undefined);
  if (open)
    throw new AppError('conflict', undefined, {
      texts: {
        en: `The customer still takes energy at meter "${open.meterId}": end that supply first.`,
        ar: `ما زال المشترك يستهلك عبر العداد "${open.meterId}": أنهِ ذلك التوريد أولًا.`,
      },
    });
}
