/**
 * Bills one page of customers of a run and hands on to the next. Repeated and late messages do no harm: an invoice has one
 * key whatever makes it, and a page that is done only hands on again, in case its message was lost.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { moveOn, nextStep, type Step } from '../../../layers/kernel/queues/walk-pages.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { customerEntity, customerPartitions } from '../customers/customer-entity.ts';
import type { Customer } from '../customers/customer-schema.ts';
import type { BillingOptions } from '../invoices/bill-customer.ts';
import { versionsOnce } from '../tariffs/tariff-entity.ts';
import { veeSettingsOf } from '../vee-settings/vee-settings.ts';
import { billSideBySide } from './bill-side-by-side.ts';
import { type BillingRun, type RunPart, runEntity, runPartEntity, runProblemEntity } from './run-entity.ts';
import { billingQueue, messageOf, type RunMessage } from './start-run.ts';

const pageSize = 25;
/** Errors nobody expected are tried again so many times; then the customer is a problem of the run, and the others go on. */
const maxAttempts = 3;

export async function billPage({ tenantId, runId, part, page }: RunMessage, limit = pageSize): Promise<void> {
  const session = openSession(tenantId);
  const [run, progress] = await Promise.all([
    session.require(runEntity, { id: runId }),
    session.require(runPartEntity, { runId, part }),
  ]);
  const next = await nextStep<RunPart>(progress, page, () => workOff(session, run, progress, limit));
  if (next === undefined) return;
  const { row, delaySeconds } = next;
  await sendMessages(billingQueue, [{ body: JSON.stringify(messageOf(session, runId, part, row.page)), delaySeconds }]);
}

async function workOff(
  session: TenantSession,
  run: BillingRun,
  progress: RunPart & Stored,
  limit: number,
): Promise<Step<RunPart>> {
  const { timeZone } = await tenantProfile(session);
  const { items, nextCursor } = await session.query<Customer & Stored>(customerEntity, {
    ...(run.routeId === undefined
      ? { index: 'gsi1', pk: customerPartitions[progress.part]! }
      : { index: 'gsi2', pk: ['ROUTE', run.routeId] }),
    limit,
    cursor: progress.cursor,
  });
  // Closed accounts too: their last days may not be billed yet.
  const waiting = items.map(({ id }) => id);
  const options: BillingOptions = {
    ...run,
    timeZone,
    runId: run.id,
    versions: versionsOnce(session),
    veeSettings: veeSettingsOf(session),
  };
  const { invoices, nothingToBill, problems, failures } = await billSideBySide(session, waiting, options);
  const attempts = (progress.attempts ?? 0) + 1;
  if (failures.length > 0 && attempts < maxAttempts) {
    await move(session, progress, { attempts });
    throw failures[0]!.error;
  }
  for (const { error, customerId } of failures)
    problems.push({ customerId, reason: 'failed', checks: [], details: [String(error)] });
  for (const problem of problems)
    await session.transact('billing', (unit) => unit.put(runProblemEntity, { ...problem, runId: run.id }));
  return move(session, progress, {
    page: progress.page + 1,
    cursor: nextCursor,
    done: nextCursor === null,
    attempts: null,
    invoices: progress.invoices + invoices,
    nothingToBill: progress.nothingToBill + nothingToBill,
    problems: progress.problems + problems.length,
  });
}

type Changes = { [P in keyof RunPart]?: RunPart[P] | null };

const move = (session: TenantSession, progress: RunPart & Stored, changes: Changes): Promise<Step<RunPart>> =>
  moveOn<RunPart>(
    () =>
      session.transact('billing', (unit) =>
        unit.update(runPartEntity, progress, changes as Partial<RunPart>, { isAudited: false }),
      ),
    () => session.require(runPartEntity, progress),
  );
