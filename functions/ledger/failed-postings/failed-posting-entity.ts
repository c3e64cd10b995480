/** An event that could not be posted: kept whole, so that nothing is lost whatever was wrong. */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { utcTime } from '../../../layers/kernel/schema/common.ts';
import { periodId } from '../dates.ts';

export const failureStatuses = ['open', 'posted', 'discarded'] as const;

export const failedPostingSchema = z.object({
  id: z.string(),
  ruleId: z.string(),
  eventId: z.string(),
  eventType: z.string(),
  aggregateId: z.string(),
  occurredAt: utcTime(),
  /** Period the event belongs to. */
  period: periodId(),
  status: z.enum(failureStatuses),
  /** Code of the error: `conflict` for a closed period, `unprocessable` for accounts or amounts. */
  reason: z.string(),
  message: z.string(),
  messageAr: z.string(),
  attempts: z.int(),
  /** The entry, once posted. */
  entryId: z.optional(z.string()),
  discardReason: z.optional(z.string()),
});

export type FailedPosting = z.infer<typeof failedPostingSchema> & {
  /** The event as it came, as JSON text. */
  event: string;
};

export const failedPostingEntity = defineEntity<FailedPosting>()({
  name: 'failed posting',
  table: 'ledger',
  key: ({ id }) => ({ pk: ['FAILED', id], sk: ['FAILED'] }),
  indexes: {
    gsi1: ({ status, id }) => ({ pk: ['FAILED', status], sk: [id] }),
    gsi2: ({ status, period, id }) => (status === 'open' ? { pk: ['FAILED-IN', period], sk: [id] } : undefined),
  },
  idOf: ({ id }) => id,
});

/** What waits to be posted into a period, the first few. */
export async function openFailures(session: TenantSession, period: string, limit: number): Promise<FailedPosting[]> {
  const page = await session.query<FailedPosting>(failedPostingEntity, {
    index: 'gsi2',
    pk: ['FAILED-IN', period],
    limit,
  });
  return page.items;
}
