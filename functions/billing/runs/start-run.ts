/** Starts a billing run: one row, one message for each part of the base, and one for each customer of many meters. */
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { customerShards } from '../customers/customer-entity.ts';
import { type BillingRun, type RunPart, runEntity, runPartEntity } from './run-entity.ts';
import { partsOf } from './run-progress.ts';

export const billingQueue = 'billing-runs';

export interface RunMessage {
  tenantId: string;
  runId: string;
  part: RunPart['part'];
  /** Pages done before this one. */
  page: number;
}

export async function startRun(session: TenantSession, order: Omit<BillingRun, 'id' | 'parts'>): Promise<BillingRun> {
  const { routeId, customerId } = order;
  const numbers = Array.from({ length: routeId === undefined ? customerShards : 1 }, (_, part) => part);
  const parts = customerId === undefined ? numbers : [customerId];
  const run: BillingRun = { ...order, id: newId('run'), parts: parts.length };
  await session.transact('billing', (unit) => {
    unit.create(runEntity, run);
    for (const part of parts) unit.put(runPartEntity, newPart(run.id, part));
  });
  await resumeRun(session, run.id);
  return run;
}

const newPart = (runId: string, part: RunPart['part']): RunPart => ({
  ...{ runId, part, page: 0, done: false },
  ...{ invoices: 0, nothingToBill: 0, problems: 0 },
});

/** Has a customer of many meters worked on as a part of the run's; once, however often it is asked for. */
export async function addPart(session: TenantSession, runId: string, customerId: string): Promise<void> {
  await session
    .transact('billing', (unit) => unit.create(runPartEntity, newPart(runId, customerId)))
    .catch((error: unknown) => {
      if (!isAppError(error) || error.code !== 'already_exists') throw error;
    });
  // Also where the part is there: its message may have been lost with the page that found it.
  await sendMessages(billingQueue, [{ body: JSON.stringify(messageOf(session, runId, customerId, 0)) }]);
}

/** Pages that are being worked on are finished; no other is begun. What was billed stays. @throws AppError `not_found` */
export const stopRun = (session: TenantSession, runId: string): Promise<void> =>
  changeRun(session, runId, ({ stoppedAt }) =>
    stoppedAt === undefined ? { stoppedAt: session.context.now() } : undefined,
  );

/**
 * Has every part that is not done worked on from where it is, also after the run was stopped. Harmless while it is under way: a
 * part does each page once.
 * @throws AppError `not_found`
 */
export async function resumeRun(session: TenantSession, runId: string): Promise<void> {
  await changeRun(session, runId, ({ stoppedAt }) => (stoppedAt === undefined ? undefined : { stoppedAt: null }));
  const open = (await partsOf(session, runId)).filter(({ done }) => !done);
  await sendMessages(
    billingQueue,
    open.map(({ part, page }) => ({ body: JSON.stringify(messageOf(session, runId, part, page)) })),
  );
}

/** @param change undefined where the run is as wanted */
const changeRun = (
  session: TenantSession,
  id: string,
  change: (run: BillingRun) => { stoppedAt: string | null } | undefined,
): Promise<void> =>
  retryOnChange(async () => {
    const run = await session.require(runEntity, { id });
    const changes = change(run);
    if (changes !== undefined) await session.transact('billing', (unit) => unit.update(runEntity, run, changes));
  });

export const messageOf = (
  { tenantId }: TenantSession,
  runId: string,
  part: RunPart['part'],
  page: number,
): RunMessage => ({
  tenantId,
  runId,
  part,
  page,
});
