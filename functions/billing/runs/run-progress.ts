/** How far a billing run is: the sum of its parts. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { type BillingRun, type RunPart, runEntity, runPartEntity } from './run-entity.ts';

export interface RunProgress extends BillingRun, Stored {
  status: 'running' | 'stopped' | 'completed';
  invoices: number;
  nothingToBill: number;
  problems: number;
}

/** @throws AppError `not_found` */
export async function progressOf(session: TenantSession, id: string): Promise<RunProgress> {
  const run = await session.require(runEntity, { id });
  const parts = await partsOf(session, id);
  const sum = (field: 'invoices' | 'nothingToBill' | 'problems'): number =>
    parts.reduce((total, part) => total + part[field], 0);
  return {
    ...run,
    status: parts.every(({ done }) => done) ? 'completed' : run.stoppedAt === undefined ? 'running' : 'stopped',
    invoices: sum('invoices'),
    nothingToBill: sum('nothingToBill'),
    problems: sum('problems'),
  };
}

export async function partsOf(session: TenantSession, runId: string): Promise<(RunPart & Stored)[]> {
  const parts: (RunPart & Stored)[] = [];
  let cursor: string | undefined;
  do {
    const page = await session.query<RunPart & Stored>(runPartEntity, {
      pk: ['RUN', runId],
      beginsWith: ['PART'],
      limit: 200,
      consistent: true,
      cursor,
    });
    parts.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return parts;
}
