/** What an action came to. The row of a sent one is what keeps an event that comes again from sending it twice. */
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import type { Page, TenantSession } from '../../../layers/kernel/data/session.ts';
import { putStep, writeMany } from '../../../layers/kernel/data/write-many.ts';

export interface ActionRun {
  ruleId: string;
  eventId: string;
  actionId: string;
  type: string;
  status: 'sent' | 'failed' | 'suppressed';
  errorMessage: string | null;
  at: string;
}

const keepSeconds = 30 * 86_400;
const runsOfRule = (ruleId: string) => ['ACTION-RUNS', ruleId] as const;

export const actionRunEntity = defineEntity<ActionRun, Pick<ActionRun, 'ruleId' | 'eventId' | 'actionId'>>()({
  name: 'alert action',
  table: 'monitoring',
  key: ({ ruleId, eventId, actionId }) => ({ pk: runsOfRule(ruleId), sk: [eventId, actionId] }),
  idOf: ({ actionId }) => actionId,
  expiresAt: ({ at }) => Math.floor(Date.parse(at) / 1000) + keepSeconds,
});

export const recordRun = (session: TenantSession, run: ActionRun): Promise<void> =>
  writeMany([putStep(session, actionRunEntity, run)]);

export async function listActionRuns(
  session: TenantSession,
  ruleId: string,
  page: { limit: number; cursor: string | undefined },
): Promise<Page<ActionRun>> {
  const { items, nextCursor } = await session.query<ActionRun & Stored>(actionRunEntity, {
    pk: runsOfRule(ruleId),
    order: 'descending',
    ...page,
  });
  const runs = items.map(({ eventId, actionId, type, status, errorMessage, at }) => ({
    ruleId,
    eventId,
    actionId,
    type,
    status,
    errorMessage: errorMessage ?? null,
    at,
  }));
  return { items: runs, nextCursor };
}
