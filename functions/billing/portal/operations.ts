/** What customers do in their portal. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { notFound } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { localDate } from '../../../layers/metering/time-zone.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { balancesOf } from '../accounts/show-account.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import type { Customer } from '../customers/customer-schema.ts';
import { subscriberUpdated } from '../events.ts';
import { invoiceEntity } from '../invoices/invoice-entity.ts';
import { listOfCustomer } from '../invoices/list-of-customer.ts';
import { paymentEntity } from '../payments/payment-entity.ts';
import type { Payment } from '../payments/payment-schema.ts';
import { suppliesOfCustomer } from '../supplies/supply-entity.ts';
import { ownConsumption } from './own-consumption.ts';
import { requireOwnCustomer } from './portal-access.ts';
import type { portal } from './routes.ts';

/** The utility's own notes are not the customer's to read. */
function profileOf({
  id,
  accountNumber,
  name,
  nameAr,
  type,
  phone,
  email,
  address,
  language,
  channels,
  status,
  version,
  createdAt,
  updatedAt,
}: Customer & Stored) {
  return {
    id,
    accountNumber,
    name,
    nameAr,
    type,
    phone,
    email,
    address,
    language,
    channels,
    status,
    version,
    createdAt,
    updatedAt,
  };
}

export const portalOperations: Operations<typeof portal.routes> = {
  getOwnCustomer: async ({ session, principal }) => {
    const customer = await requireOwnCustomer(session, principal.subject);
    const [balances, supplies] = await Promise.all([
      balancesOf(session, customer.id),
      suppliesOfCustomer(session, customer.id),
    ]);
    const meters = supplies.map(({ meterId, from, to }) => ({ meterId, from, ...(to === undefined ? {} : { to }) }));
    return { data: { ...profileOf(customer), balances, meters } };
  },

  updateOwnCustomer: async ({ session, principal, body }) => {
    const before = await requireOwnCustomer(session, principal.subject);
    const after = await session.transact('billing', (unit) => {
      const changed = unit.update(customerEntity, before, body);
      unit.emit(subscriberUpdated, { aggregateId: before.id, payload: changed });
      return changed;
    });
    return { data: profileOf(after) };
  },

  listOwnInvoices: async ({ session, principal, page }) => {
    const { id } = await requireOwnCustomer(session, principal.subject);
    const { items, nextCursor } = await listOfCustomer(session, id, page);
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },

  getOwnInvoice: async ({ session, principal, params }) => {
    const { id } = await requireOwnCustomer(session, principal.subject);
    const invoice = await session.require(invoiceEntity, params);
    // Another customer's invoice is answered as if it did not exist.
    if (invoice.customerId !== id) throw notFound('invoice', params.id);
    return { data: invoice };
  },

  listOwnPayments: async ({ session, principal, page }) => {
    const { id } = await requireOwnCustomer(session, principal.subject);
    const { items, nextCursor } = await session.query<Payment & Stored>(paymentEntity, {
      index: 'gsi2',
      pk: ['CUSTOMER-PAYMENTS', id],
      order: 'descending',
      ...page,
    });
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },

  getOwnConsumption: async ({ session, principal, query }) => {
    const { id } = await requireOwnCustomer(session, principal.subject);
    const { timeZone } = await tenantProfile(session);
    const to = query.to ?? addDays(localDate(Date.parse(session.context.now()), timeZone), 1);
    const from =
      query.from ?? (query.interval === 'day' ? addDays(to, -31) : `${Number(to.slice(0, 4)) - 1}${to.slice(4, 8)}01`);
    const supplies = await suppliesOfCustomer(session, id);
    return { data: await ownConsumption(session, supplies, { interval: query.interval, from, to, timeZone }) };
  },
};
