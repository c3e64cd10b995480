/** One billing run over a base, or over the first pages of it. */
import { runPartEntity } from '../functions/billing/runs/run-entity.ts';
import { billingQueue, startRun } from '../functions/billing/runs/start-run.ts';
import type { TenantSession } from '../layers/kernel/data/session.ts';
import { april } from './billing-base.ts';
import type { BillingStore } from './billing-store.ts';
import { type QueueWork, type WorkOptions, workOff } from './consumer.ts';

export interface BillingMeasurement extends QueueWork {
  invoices: number;
}

export async function measureRun(
  store: BillingStore,
  session: TenantSession,
  options: Pick<WorkOptions, 'atOnce' | 'invocations'>,
): Promise<BillingMeasurement> {
  const run = await startRun(session, { period: april, mayEstimate: false, issueDate: '2026-05-02', dueDays: 15 });
  store.reset();
  const work = await workOff(store, {
    queue: billingQueue,
    entry: 'functions/billing/runs/bill-customers.ts',
    ...options,
  });
  const parts = await Promise.all(
    Array.from({ length: run.parts }, (_, part) => session.require(runPartEntity, { runId: run.id, part })),
  );
  const sum = (of: 'invoices' | 'problems'): number => parts.reduce((all, part) => all + part[of], 0);
  if (sum('problems') > 0) throw new Error('Customers of the benchmark could not be billed.');
  return { ...work, invoices: sum('invoices') };
}
