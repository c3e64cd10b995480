/** What can be done with invoices. */
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { equals } from '../../../layers/kernel/data/expressions.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { queryShards, type ShardedQuery } from '../../../layers/kernel/data/sharded-query.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { localDate } from '../../../layers/metering/time-zone.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import { answerDocument } from '../documents/answer-document.ts';
import { type CollectiveScope, collectiveBillRef } from '../documents/collective-bill-ref.ts';
import { listMessages } from '../messages/list-messages.ts';
import { sendInvoice, startSending } from '../messages/send-invoice.ts';
import { type BillingRun, type RunProblem, runEntity, runProblemEntity } from '../runs/run-entity.ts';
import { progressOf } from '../runs/run-progress.ts';
import { resumeRun, startRun, stopRun } from '../runs/start-run.ts';
import { announceCollectiveBill } from './announce-collective-bill.ts';
import { asManyAsFit } from './as-many-as-fit.ts';
import { billCustomer, mostAtOnce } from './bill-customer.ts';
import { cancelInvoice } from './cancel-invoice.ts';
import { collectiveBillOf } from './collective-bill.ts';
import { refuseScope } from './collective-scope.ts';
import { existingInvoices } from './existing-invoices.ts';
import { invoiceEntity, isOpen, issuedPartitions, openPartitions, type StoredInvoice } from './invoice-entity.ts';
import { listOfCustomer } from './list-of-customer.ts';
import { listOpenOfCustomer } from './open-of-customer.ts';
import { longestBillDays } from './price-supplies.ts';
import { rebillInvoice } from './rebill-invoice.ts';
import type { invoices } from './routes.ts';
import { traceInvoice } from './trace-invoice.ts';

export const invoiceOperations: Operations<typeof invoices.routes> = {
  listInvoices: async ({ session, query: { customerId, status, from, to }, page }) => {
    if (customerId !== undefined) {
      const fits = ({ issueDate, ...invoice }: { issueDate: string; status: string }): boolean =>
        (status === undefined || invoice.status === status) &&
        (from === undefined || issueDate >= from) &&
        (to === undefined || issueDate <= to);
      const { items, nextCursor } = await listOfCustomer(session, customerId, page);
      return { data: items.filter(fits), pagination: { limit: page.limit, nextCursor } };
    }
    // DynamoDB takes no range that ends before it begins.
    if (from !== undefined && to !== undefined && from > to)
      return { data: [], pagination: { limit: page.limit, nextCursor: null } };
    // Those that are open are few among all that were ever issued, unless days say where to look.
    const isAmongOpen = status !== undefined && isOpen({ status }) && from === undefined && to === undefined;
    const order: Pick<ShardedQuery<StoredInvoice>, 'index' | 'partitions' | 'sortKeyOf'> = isAmongOpen
      ? { index: 'gsi2', partitions: openPartitions, sortKeyOf: ({ dueDate, id }) => [dueDate, id] }
      : { index: 'gsi1', partitions: issuedPartitions, sortKeyOf: ({ issueDate, id }) => [issueDate, id] };
    const { items, nextCursor } = await asManyAsFit(page.limit, (limit) =>
      queryShards(session, invoiceEntity, {
        ...order,
        order: 'descending',
        ...(from === undefined ? {} : { from: [from] }),
        ...(to === undefined ? {} : { to: [to, afterIds] }),
        filter: equals({ status }),
        ...page,
        limit,
      }),
    );
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },

  generateInvoices: async ({ session, body: { customerId, routeId, period, issueDate, ...options } }) => {
    const { timeZone } = await tenantProfile(session);
    const present = localDate(Date.parse(session.context.now()), timeZone);
    refusePeriod(period, present);
    if (issueDate !== undefined) refuseIssueDate(issueDate, period.to, present);
    if (customerId !== undefined && routeId !== undefined)
      throw new AppError('unprocessable', undefined, {
        texts: { en: 'Give a customer or a route, not both.', ar: 'أعط مشتركًا أو مسارًا، لا كليهما.' },
      });
    const order = { period, issueDate: issueDate ?? present, ...options };
    if (customerId === undefined) {
      const run = await startRun(session, { ...order, ...(routeId === undefined ? {} : { routeId }) });
      return { data: { run: await progressOf(session, run.id), invoices: [], existing: [], problems: [] } };
    }
    // Of many currencies or groups, or with exceptions beside: who asks again has the rest billed.
    const { invoices, problems, isLarge } = await billCustomer(session.beforehand(), customerId, {
      ...order,
      timeZone,
      mostSupplies: mostAtOnce,
      mayBeCollective: true,
    });
    if (isLarge) {
      const run = await startRun(session, { ...order, customerId });
      return {
        status: 202,
        data: { run: await progressOf(session, run.id), invoices: [], existing: [], problems: [] },
      };
    }
    const customer = await session.require(customerEntity, { id: customerId });
    if (customer.collectiveBill) await announceCollectiveBill(session, customerId, period, invoices);
    const made = invoices.map(({ id }) => id);
    const existing = await existingInvoices(session, customerId, period, made);
    return {
      data: { run: null, invoices, existing, problems: problems.map((problem) => ({ ...problem, customerId })) },
    };
  },

  listUnpaidInvoices: ({ session, query, page }) => listOpen(session, query.customerId, page),

  listOverdueInvoices: async ({ session, query, page }) => {
    const present = localDate(Date.parse(session.context.now()), (await tenantProfile(session)).timeZone);
    return listOpen(session, query.customerId, page, present);
  },

  listBillingRuns: async ({ session, page }) => {
    const { items, nextCursor } = await session.query<BillingRun & Stored>(runEntity, {
      index: 'gsi1',
      pk: ['RUNS'],
      order: 'descending',
      ...page,
    });
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },

  getBillingRun: async ({ session, params }) => ({ data: await progressOf(session, params.id) }),

  resumeBillingRun: async ({ session, params }) => {
    await resumeRun(session, params.id);
    return { data: await progressOf(session, params.id) };
  },

  stopBillingRun: async ({ session, params }) => {
    await stopRun(session, params.id);
    return { data: await progressOf(session, params.id) };
  },

  listBillingProblems: async ({ session, params, page }) => {
    await session.require(runEntity, params);
    const { items, nextCursor } = await session.query<RunProblem & Stored>(runProblemEntity, {
      pk: ['RUN', params.id],
      beginsWith: ['PROBLEM'],
      ...page,
    });
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },

  getCollectiveBill: ({ session, params: { id, customerId } }) =>
    showCollectiveBill(session, { runId: id }, customerId),
  getCollectiveBillPdf: ({ session, params: { id, customerId }, query: { language } }) =>
    answerDocument(session, customerId, collectiveBillRef({ runId: id }, customerId), language),
  getCollectiveBillOfPeriod: ({ session, params: { customerId }, query }) => {
    refuseScope(query);
    return showCollectiveBill(session, query, customerId);
  },
  getCollectiveBillOfPeriodPdf: ({ session, params: { customerId }, query: { language, ...period } }) => {
    refuseScope(period);
    return answerDocument(session, customerId, collectiveBillRef(period, customerId), language);
  },

  getInvoice: async ({ session, params }) => ({ data: await session.require(invoiceEntity, params) }),
  traceInvoice: async ({ session, params, query }) => ({ data: await traceInvoice(session, params.id, query) }),
  cancelInvoice: async ({ session, params, body }) => ({ data: await cancelInvoice(session, params.id, body) }),
  rebillInvoice: async ({ session, params, body }) => ({
    data: { note: (await rebillInvoice(session, params.id, body)).note ?? null },
  }),
  getInvoicePdf: async ({ session, params: { id }, query: { language, document } }) => {
    const { customerId } = await session.require(invoiceEntity, { id });
    return answerDocument(session, customerId, { kind: document, id }, language);
  },
  sendInvoice: async ({ session, params, body }) => ({ data: await sendInvoice(session, params.id, body) }),
  listInvoiceMessages: async ({ session, params, page, principal }) => {
    await session.require(invoiceEntity, params);
    return listMessages(session, { aboutId: params.id }, page, principal.permissions);
  },
  sendBillingRun: async ({ session, params, body }) => {
    await startSending(session, params.id, body.channels);
    return { data: { runId: params.id } };
  },
  getInvoiceHistory: readHistory(invoiceEntity),
};

async function showCollectiveBill(session: TenantSession, scope: CollectiveScope, customerId: string) {
  const customer = await session.require(customerEntity, { id: customerId });
  return { data: (await collectiveBillOf(session, scope, customer)).bill };
}

function refusePeriod({ from, to }: { from: string; to: string }, present: string): void {
  const refuse = (en: string, ar: string): never => {
    throw new AppError('unprocessable', undefined, { texts: { en, ar } });
  };
  if (from >= to) refuse('The period has no day.', 'الفترة لا تحوي أي يوم.');
  if (to > present) refuse(`The period ends on ${to}, which has not passed.`, `تنتهي الفترة في ${to} ولم يمض بعد.`);
  if (Date.parse(to) - Date.parse(from) > longestBillDays * 86_400_000)
    refuse(`A period has at most ${longestBillDays} days.`, `الفترة ${longestBillDays} يومًا على الأكثر.`);
}

/** A slip of the year would have a bill overdue by years, with its fees, or on no list for as long. */
function refuseIssueDate(issueDate: string, to: string, present: string): void {
  if (issueDate >= to && issueDate <= present) return;
  throw new AppError('unprocessable', undefined, {
    texts: {
      en: `A bill of days up to ${to} is issued from then on, today (${present}) at the latest, not on ${issueDate}.`,
      ar: `تصدر فاتورة الأيام حتى ${to} ابتداءً من ذلك اليوم وحتى اليوم (${present})، لا في ${issueDate}.`,
    },
  });
}

/** Sorts after every id. */
const afterIds = '~';

async function listOpen(
  session: TenantSession,
  customerId: string | undefined,
  page: { limit: number; cursor?: string | undefined },
  dueBefore?: string,
) {
  if (customerId !== undefined) await session.require(customerEntity, { id: customerId });
  const { items, nextCursor } =
    customerId === undefined
      ? await asManyAsFit(page.limit, (limit) =>
          queryShards(session, invoiceEntity, {
            index: 'gsi2',
            partitions: openPartitions,
            sortKeyOf: ({ dueDate, id }) => [dueDate, id],
            ...(dueBefore === undefined ? {} : { to: [addDays(dueBefore, -1), afterIds] }),
            ...page,
            limit,
          }),
        )
      : await listOpenOfCustomer(session, customerId, page, dueBefore);
  return { data: items, pagination: { limit: page.limit, nextCursor } };
}
