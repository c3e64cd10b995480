/** What customers see of their bills, and how they pay. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { notFound } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { localDate } from '../../../layers/metering/time-zone.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { statementOf } from '../accounts/show-account.ts';
import { statementSpan } from '../accounts/statement-span.ts';
import type { StoredCheckout } from '../checkouts/change-checkout.ts';
import { checkoutEntity } from '../checkouts/checkout-entity.ts';
import { startCheckout } from '../checkouts/start-checkout.ts';
import { answerDocument } from '../documents/answer-document.ts';
import { type CollectiveScope, collectiveBillRef } from '../documents/collective-bill-ref.ts';
import { statementRef } from '../documents/document-schema.ts';
import { collectiveBillOf } from '../invoices/collective-bill.ts';
import { invoiceEntity, type StoredInvoice } from '../invoices/invoice-entity.ts';
import { listOfCustomer } from '../invoices/list-of-customer.ts';
import { customerMessageEntity } from '../messages/message-entity.ts';
import { outcomeOf } from '../messages/message-outcome.ts';
import type { CustomerMessage } from '../messages/message-schema.ts';
import { paymentEntity } from '../payments/payment-entity.ts';
import type { Payment } from '../payments/payment-schema.ts';
import { purchaseLimitsOf } from '../prepaid/purchase-limits-of.ts';
import { listVends, quoteVend } from '../prepaid/request-vend.ts';
import { maskTokensIn } from '../prepaid/sts-numbers.ts';
import { vendEntity } from '../prepaid/vend-entity.ts';
import type { Vend } from '../prepaid/vend-schema.ts';
import { suppliesOfCustomer, supplyEntity } from '../supplies/supply-entity.ts';
import { compareWithNeighbours } from './neighbours.ts';
import type { ownBillRoutes } from './own-bill-routes.ts';
import { ownConsumption, usualFrom } from './own-consumption.ts';
import { requireOwnCustomer } from './portal-access.ts';

export const billOperations: Operations<typeof ownBillRoutes> = {
  listOwnInvoices: async ({ session, principal, query, page }) => {
    const { id } = await requireOwnCustomer(session, principal, query.account);
    const { items, nextCursor } = await listOfCustomer(session, id, page);
    return { data: items.map(shownInvoice), pagination: { limit: page.limit, nextCursor } };
  },

  getOwnInvoice: async ({ session, principal, query, params }) => {
    const { id } = await requireOwnCustomer(session, principal, query.account);
    return { data: shownInvoice(await requireOwnInvoice(session, id, params.id)) };
  },

  getOwnInvoicePdf: async ({ session, principal, query, params }) => {
    const { id } = await requireOwnCustomer(session, principal, query.account);
    const invoice = await requireOwnInvoice(session, id, params.id);
    const kind = invoice.status === 'cancelled' ? 'credit_note' : 'invoice';
    return answerDocument(session, id, { kind, id: invoice.id }, query.language);
  },

  getOwnCollectiveBill: async ({ session, principal, query, params }) => {
    const customer = await requireOwnCustomer(session, principal, query.account);
    const scope = await scopeOfOwnInvoice(session, customer.id, params.id);
    return { data: (await collectiveBillOf(session, scope, customer)).bill };
  },

  getOwnCollectiveBillPdf: async ({ session, principal, query, params }) => {
    const customer = await requireOwnCustomer(session, principal, query.account);
    const scope = await scopeOfOwnInvoice(session, customer.id, params.id);
    return answerDocument(session, customer, collectiveBillRef(scope, customer.id), query.language);
  },

  getOwnReceipt: async ({ session, principal, query, params }) => {
    const { id } = await requireOwnCustomer(session, principal, query.account);
    const payment = await session.require(paymentEntity, params);
    if (payment.customerId !== id) throw notFound('payment', params.id);
    return answerDocument(session, id, { kind: 'receipt', id: payment.id }, query.language);
  },

  listOwnPayments: async ({ session, principal, query, page }) => {
    const { id } = await requireOwnCustomer(session, principal, query.account);
    const { items, nextCursor } = await session.query<Payment & Stored>(paymentEntity, {
      index: 'gsi2',
      pk: ['CUSTOMER-PAYMENTS', id],
      order: 'descending',
      ...page,
    });
    return { data: items.map(shownPayment), pagination: { limit: page.limit, nextCursor } };
  },

  getOwnStatement: async ({ session, principal, query: { account, ...span } }) => {
    const { id } = await requireOwnCustomer(session, principal, account);
    return { data: await statementOf(session, id, await statementSpan(session, span)) };
  },

  getOwnStatementPdf: async ({ session, principal, query: { account, language, ...span } }) => {
    const { id } = await requireOwnCustomer(session, principal, account);
    return answerDocument(session, id, statementRef(id, await statementSpan(session, span)), language);
  },

  payNow: async ({ session, principal, query, body }) => {
    const { id: customerId } = await requireOwnCustomer(session, principal, query.account);
    for (const invoiceId of body.invoiceIds ?? []) await requireOwnInvoice(session, customerId, invoiceId);
    return { data: shownCheckout(await startCheckout(session, { ...body, customerId })) };
  },

  getOwnCheckout: async ({ session, principal, query, params }) => {
    const { id } = await requireOwnCustomer(session, principal, query.account);
    const checkout = await session.require(checkoutEntity, params);
    if (checkout.customerId !== id) throw notFound('checkout', params.id);
    return { data: shownCheckout(checkout) };
  },

  getOwnConsumption: async ({ session, principal, query: { account, interval, supplyId, ...query } }) => {
    const { id } = await requireOwnCustomer(session, principal, account);
    const { timeZone } = await tenantProfile(session);
    const to = query.to ?? addDays(localDate(Date.parse(session.context.now()), timeZone), 1);
    const from = query.from ?? usualFrom(interval, to);
    const supplies = await ownSupplies(session, id, supplyId);
    return { data: await ownConsumption(session, supplies, { interval, from, to, timeZone }) };
  },

  compareWithNeighbours: async ({ session, principal, query }) => {
    const customer = await requireOwnCustomer(session, principal, query.account);
    return { data: await compareWithNeighbours(session, customer, query.month) };
  },

  listOwnTokens: async ({ session, principal, query, page }) => {
    const { id } = await requireOwnCustomer(session, principal, query.account);
    const { items, nextCursor } = await listVends(session, id, page);
    return { data: items.map(shownVend), pagination: { limit: page.limit, nextCursor } };
  },

  getOwnTokenSlip: async ({ session, principal, query, params }) => {
    const { id } = await requireOwnCustomer(session, principal, query.account);
    const vend = await session.require(vendEntity, params);
    if (vend.customerId !== id) throw notFound('prepaid token', params.id);
    return answerDocument(session, id, { kind: 'token_slip', id: vend.id }, query.language);
  },

  getOwnTokenLimits: async ({ session, principal, query }) => {
    const { id } = await requireOwnCustomer(session, principal, query.account);
    return { data: await purchaseLimitsOf(session, await ownSupplies(session, id, query.supplyId)) };
  },

  quoteOwnToken: async ({ session, principal, query, body }) => {
    const { id } = await requireOwnCustomer(session, principal, query.account);
    await requireOwnSupply(session, id, body.supplyId);
    return { data: await quoteVend(session, body) };
  },

  buyToken: async ({ session, principal, query, body }) => {
    const { id: customerId } = await requireOwnCustomer(session, principal, query.account);
    await requireOwnSupply(session, customerId, body.supplyId);
    // What cannot be made into a token is not paid for.
    const { currency } = await quoteVend(session, body);
    const order = { ...body, customerId, currency, purpose: 'prepaid' as const };
    return { data: shownCheckout(await startCheckout(session, order)) };
  },

  listOwnMessages: async ({ session, principal, query, page }) => {
    const { id } = await requireOwnCustomer(session, principal, query.account);
    const { items, nextCursor } = await session.query<CustomerMessage & Stored>(customerMessageEntity, {
      index: 'gsi1',
      pk: ['CUSTOMER-MESSAGES', id],
      order: 'descending',
      ...page,
    });
    const now = session.context.now();
    const data = items.map((message) => shownMessage({ ...message, ...outcomeOf(message, now) }));
    return { data, pagination: { limit: page.limit, nextCursor } };
  },
};

/** Another customer's is answered as if it did not exist. */
async function requireOwnInvoice(session: TenantSession, customerId: string, id: string) {
  const invoice = await session.require(invoiceEntity, { id });
  if (invoice.customerId !== customerId) throw notFound('invoice', id);
  return invoice;
}

/** Of its run, or else of the days it is for. */
async function scopeOfOwnInvoice(session: TenantSession, customerId: string, id: string): Promise<CollectiveScope> {
  const { runId, period } = await requireOwnInvoice(session, customerId, id);
  return runId === undefined ? period : { runId };
}

async function requireOwnSupply(session: TenantSession, customerId: string, id: string) {
  const supply = await session.require(supplyEntity, { id });
  if (supply.customerId !== customerId) throw notFound('supply', id);
  return supply;
}

/** All of the customer's supplies, or the one that is named. */
const ownSupplies = async (session: TenantSession, customerId: string, supplyId: string | undefined) =>
  supplyId === undefined
    ? suppliesOfCustomer(session, customerId)
    : [await requireOwnSupply(session, customerId, supplyId)];

/** What the office wrote beside the code of a cancellation stays with it. */
const shownInvoice = ({ cancelReason: _reason, ...invoice }: StoredInvoice) => invoice;

const shownPayment = ({
  note: _note,
  integrationId: _integrationId,
  cashierSessionId: _till,
  bankLineId: _line,
  reverseReason: _reason,
  takingBackFor: _for,
  ...payment
}: Payment & Stored) => payment;

const shownCheckout = ({
  customerId: _customerId,
  integrationId: _integrationId,
  providerReference: _reference,
  outcome: _outcome,
  providerSays: _says,
  startedBy: _starter,
  resolvedBy: _resolver,
  ...checkout
}: StoredCheckout) => checkout;

function shownVend(vend: Vend) {
  const { id, kind, status, meterId, meterNumber, supplyId, amount, currency, parts } = vend;
  const { requestedAt, vendedAt } = vend;
  // One that was taken back is not to be entered any more.
  const tokens = status === 'vended' ? vend.tokens : vend.tokens?.map(maskTokensIn);
  const money = { supplyId, amount, currency, parts };
  return { id, kind, status, meterId, meterNumber, ...money, tokens, requestedAt, vendedAt };
}

const shownMessage = ({ id, channel, language, subject, text, status, requestedAt, sentAt }: CustomerMessage) => ({
  ...{ id, channel, language, text, status, requestedAt },
  ...(subject === undefined ? {} : { subject }),
  ...(sentAt === undefined ? {} : { sentAt }),
});
