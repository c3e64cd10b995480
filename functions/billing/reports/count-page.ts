/**
 * Adds one page of customers to a report and hands on to the next. Sums and page move in one write on the version that was
 * read, so a page counts once, however often its message comes; a page that is done only hands on again, in case its message
 * was lost, or the worker that did it is gone.
 */

import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { moveOn, nextStep, type Step } from '../../../layers/kernel/queues/walk-pages.ts';
import { sideBySide } from '../../../layers/kernel/side-by-side.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { entryTypes } from '../accounts/entry-types.ts';
import { customerEntity, customerPartitions } from '../customers/customer-entity.ts';
import type { Customer } from '../customers/customer-schema.ts';
import { readCashiers } from './cashier-of-payment.ts';
import { countCustomer } from './count-customer.ts';
import { type Report, type ReportPart, reportEntity, reportPartEntity } from './report-entity.ts';
import { messageOf, type ReportMessage, reportQueue } from './start-report.ts';
import { largest } from './top-debtors.ts';
import { Totals } from './totals.ts';

const pageSize = 50;
/** Sums that a group of a report may have. */
const mostMeasures: Record<Report['kind'], number> = {
  ageing: 14,
  collection_rate: 6,
  billing_summary: 2 * entryTypes.length + 1,
  collections: 6,
  top_debtors: 0,
};
/** Customers worked on at a time. */
const atATime = 10;

export async function countPage({ tenantId, reportId, part, page }: ReportMessage): Promise<void> {
  const session = openSession(tenantId);
  const [report, progress] = await Promise.all([
    session.require(reportEntity, { id: reportId }),
    session.require(reportPartEntity, { reportId, part }),
  ]);
  const next = await nextStep<ReportPart>(progress, page, () => workOff(session, report, progress));
  if (next === undefined) return;
  const { row, delaySeconds } = next;
  await sendMessages(reportQueue, [
    { body: JSON.stringify(messageOf(session, reportId, part, row.page)), delaySeconds },
  ]);
}

async function workOff(
  session: TenantSession,
  report: Report,
  progress: ReportPart & Stored,
): Promise<Step<ReportPart>> {
  const { id: reportId, routeId } = report;
  // Closed customers as well: what they left behind is owed.
  const { items, nextCursor } = await session.query<Customer & Stored>(customerEntity, {
    ...(routeId === undefined
      ? { index: 'gsi1', pk: customerPartitions[progress.part]! }
      : { index: 'gsi2', pk: ['ROUTE', routeId] }),
    limit: pageSize,
    cursor: progress.cursor,
  });
  const { timeZone } = await tenantProfile(session);
  const totals = new Totals(progress.totals, mostMeasures[report.kind]);
  const cashierOf = readCashiers(session);
  const found = await sideBySide(items, atATime, (customer) =>
    countCustomer(session, customer, report, { totals, timeZone, cashierOf }),
  );
  const changes = {
    page: progress.page + 1,
    cursor: nextCursor,
    done: nextCursor === null,
    customers: progress.customers + items.length,
    totals: totals.toStored(),
    ...(report.kind === 'top_debtors' ? { debtors: largest([...(progress.debtors ?? []), ...found.flat()]) } : {}),
  };
  return moveOn<ReportPart>(
    () =>
      session.transact('billing', (unit) => {
        if (changes.done) unit.add(reportEntity, { id: reportId }, { partsDone: 1n });
        return unit.update(reportPartEntity, progress, changes as Partial<ReportPart>, { isAudited: false });
      }),
    () => session.require(reportPartEntity, progress),
  );
}
