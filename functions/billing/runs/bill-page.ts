/**
 * Bills one page of a part of a run and hands on to the next. Repeated and late messages do no harm: an invoice has one
 * key whatever makes it, and a page that is done only hands on again, in case its message was lost.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { nextStep, type Step } from '../../../layers/kernel/queues/walk-pages.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { customerEntity, customerPartitions } from '../customers/customer-entity.ts';
import type { Customer } from '../customers/customer-schema.ts';
import { type BillingOptions, mostAtOnce } from '../invoices/bill-customer.ts';
import { versionsOnce } from '../tariffs/tariff-entity.ts';
import { veeSettingsOf } from '../vee-settings/vee-settings.ts';
import { billSideBySide } from './bill-side-by-side.ts';
import { billSupplies } from './bill-supplies.ts';
import { endPage, maxAttempts } from './end-page.ts';
import { type BillingRun, type RunPart, runEntity, runPartEntity } from './run-entity.ts';
import { addPart, billingQueue, messageOf, type RunMessage } from './start-run.ts';

const pageSize = 25;

/** @param limit of customers, and of supplies of one of them @default as many as a page holds */
export async function billPage({ tenantId, runId, part, page }: RunMessage, limit?: number): Promise<void> {
  const session = openSession(tenantId);
  const [run, progress] = await Promise.all([
    session.require(runEntity, { id: runId }),
    session.require(runPartEntity, { runId, part }),
  ]);
  if (run.stoppedAt !== undefined) return;
  const next = await nextStep<RunPart>(progress, page, async () => {
    const options: BillingOptions = {
      ...run,
      timeZone: (await tenantProfile(session)).timeZone,
      runId,
      mayBeCollective: true,
      ...((progress.attempts ?? 0) + 1 >= maxAttempts ? { isolate: () => true } : {}),
      versions: versionsOnce(session),
      veeSettings: veeSettingsOf(session),
    };
    return typeof part === 'string'
      ? billSupplies(session, progress, part, options, limit)
      : workOff(session, run, progress, customerPartitions[part]!, options, limit);
  });
  if (next === undefined) return;
  const { row, delaySeconds } = next;
  await sendMessages(billingQueue, [{ body: JSON.stringify(messageOf(session, runId, part, row.page)), delaySeconds }]);
}

async function workOff(
  session: TenantSession,
  run: BillingRun,
  progress: RunPart & Stored,
  partition: (typeof customerPartitions)[number],
  options: BillingOptions,
  limit = pageSize,
): Promise<Step<RunPart>> {
  const { items, nextCursor } = await session.query<Customer & Stored>(customerEntity, {
    ...(run.routeId === undefined ? { index: 'gsi1', pk: partition } : { index: 'gsi2', pk: ['ROUTE', run.routeId] }),
    limit,
    cursor: progress.cursor,
  });
  // Closed accounts too: their last days may not be billed yet.
  const waiting = items.map(({ id }) => id);
  const billed = await billSideBySide(session, waiting, { ...options, mostSupplies: Math.min(limit, mostAtOnce) });
  // Before the page is done: the run is not completed while one of them is not.
  for (const customerId of billed.large) await addPart(session, run.id, customerId);
  return endPage(session, progress, billed, nextCursor);
}
