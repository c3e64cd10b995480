/** Starts a billing run: one row, one message for each part of the base. One customer alone is billed at once. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { customerShards } from '../customers/customer-entity.ts';
import { type BillingRun, runEntity, runPartEntity } from './run-entity.ts';
import { partsOf } from './run-progress.ts';

export const billingQueue = 'billing-runs';

export interface RunMessage {
  tenantId: string;
  runId: string;
  part: number;
  /** Pages done before this one. */
  page: number;
}

export async function startRun(session: TenantSession, order: Omit<BillingRun, 'id' | 'parts'>): Promise<BillingRun> {
  const parts = order.routeId === undefined ? customerShards : 1;
  const run: BillingRun = { ...order, id: newId('run'), parts };
  await session.transact('billing', (unit) => {
    unit.create(runEntity, run);
    for (let part = 0; part < parts; part++)
      unit.put(runPartEntity, {
        runId: run.id,
        part,
        page: 0,
        invoices: 0,
        nothingToBill: 0,
        problems: 0,
        done: false,
      });
  });
  await resumeRun(session, run.id);
  return run;
}

/**
 * Has every part that is not done worked on from where it is. Harmless while it is under way: a part does each page once.
 * @throws AppError `not_found`
 */
export async function resumeRun(session: TenantSession, runId: string): Promise<void> {
  await session.require(runEntity, { id: runId });
  const open = (await partsOf(session, runId)).filter(({ done }) => !done);
  await sendMessages(
    billingQueue,
    open.map(({ part, page }) => ({ body: JSON.stringify(messageOf(session, runId, part, page)) })),
  );
}

export const messageOf = ({ tenantId }: TenantSession, runId: string, part: number, page: number): RunMessage => ({
  tenantId,
  runId,
  part,
  page,
});
