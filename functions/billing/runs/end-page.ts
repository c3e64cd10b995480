/** How a page of a run ends: its problems are kept, what was made is counted, and the part moves on, or tries the page again. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { moveOn, type Step } from '../../../layers/kernel/queues/walk-pages.ts';
import { collectiveBillCompleted } from '../invoices/collective-events.ts';
import { findOfCustomer } from '../invoices/list-of-customer.ts';
import { type BilledCustomers, isLasting } from './bill-side-by-side.ts';
import { type RunPart, runPartEntity, runProblemEntity } from './run-entity.ts';

/** Errors nobody expected, which may pass, are tried again so many times; then they are problems of the run, and the others go on. */
export const maxAttempts = 3;

/**
 * @param nextCursor null at the end
 * @param supplyId of the first supply, where the page is one of a customer's supplies
 * @throws the first of the page's errors that may pass, while it is to be tried again
 */
export async function endPage(
  session: TenantSession,
  progress: RunPart & Stored,
  { invoices, nothingToBill, problems, failures, ...billed }: BilledCustomers,
  nextCursor: string | null,
  supplyId?: string,
): Promise<Step<RunPart>> {
  const attempts = (progress.attempts ?? 0) + 1;
  const passing = failures.find(({ error }) => !isLasting(error));
  if (passing !== undefined && attempts < maxAttempts) {
    await move(session, progress, { attempts });
    throw passing.error;
  }
  const all = [
    ...problems,
    ...failures.map(({ error, customerId }) => ({
      ...{ customerId, reason: 'failed', checks: [], details: [String(error)] },
      ...(supplyId === undefined ? {} : { supplyId }),
    })),
  ];
  for (const problem of all)
    await session.transact('billing', (unit) => unit.put(runProblemEntity, { ...problem, runId: progress.runId }));
  // What an attempt made of a customer before it failed is told of too.
  const collective = [...billed.collective, ...(await collectiveOf(session, progress.runId, failures))];
  const told = isOfOne(progress) ? (progress.collectiveInvoiceId ?? collective[0]?.invoiceId) : undefined;
  const changes = {
    page: progress.page + 1,
    cursor: nextCursor,
    done: nextCursor === null,
    attempts: null,
    invoices: progress.invoices + invoices,
    nothingToBill: progress.nothingToBill + nothingToBill,
    problems: progress.problems + all.length,
    ...(told === undefined ? {} : { collectiveInvoiceId: told }),
  };
  if (!isOfOne(progress)) return move(session, progress, changes, collective);
  const { part: customerId } = progress;
  const isLast = nextCursor === null && told !== undefined;
  return move(session, progress, changes, isLast ? [{ customerId, invoiceId: told }] : []);
}

const isOfOne = (progress: RunPart & Stored): progress is RunPart & Stored & { part: string } =>
  typeof progress.part === 'string';

async function collectiveOf(
  session: TenantSession,
  runId: string,
  failures: BilledCustomers['failures'],
): Promise<BilledCustomers['collective']> {
  const found: BilledCustomers['collective'] = [];
  for (const { customerId } of failures) {
    const [first] = await findOfCustomer(session, customerId, {
      mayBe: (pointer) => pointer.runId === runId && pointer.kind === 'invoice',
      take: ({ id, isCollective }) => (isCollective ? [{ customerId, invoiceId: id }] : []),
      isEnough: ({ length }) => length > 0,
    });
    if (first !== undefined) found.push(first);
  }
  return found;
}

type Changes = { [P in keyof RunPart]?: RunPart[P] | null };

/** @param completed customers all of whose invoices of the run are there */
const move = (
  session: TenantSession,
  progress: RunPart & Stored,
  changes: Changes,
  completed: BilledCustomers['collective'] = [],
): Promise<Step<RunPart>> =>
  moveOn<RunPart>(
    () =>
      session.transact('billing', (unit) => {
        for (const { customerId, invoiceId } of completed)
          unit.emit(collectiveBillCompleted, {
            aggregateId: customerId,
            payload: { customerId, invoiceId, runId: progress.runId },
          });
        return unit.update(runPartEntity, progress, changes as Partial<RunPart>, { isAudited: false });
      }),
    () => session.require(runPartEntity, progress),
  );
