/** Walks a tenant's open invoices in the order they are due, a page for a message, as far as the policy looks ahead. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import { invoiceEntity, openPartitions } from '../invoices/invoice-entity.ts';
import type { Invoice } from '../invoices/invoice-schema.ts';
import { today as localToday } from '../invoices/local-day.ts';
import { dunInvoice } from './dun-invoice.ts';
import { readPolicy } from './policy.ts';

export const dunningQueue = 'dunning';

export interface DunningMessage {
  tenantId: string;
  shard: number;
  cursor?: string | undefined;
}

const pageSize = 50;

export async function dunPage({ tenantId, shard, cursor }: DunningMessage, limit = pageSize): Promise<void> {
  const session = openSession(tenantId);
  const [policy, today] = await Promise.all([readPolicy(session), localToday(session)]);
  const lead = Math.max(0, ...policy.steps.map(({ afterDays }) => -afterDays));
  const { items, nextCursor } = await session.query<Invoice & Stored>(invoiceEntity, {
    index: 'gsi2',
    pk: openPartitions[shard]!,
    to: [addDays(today, lead), '~'],
    limit,
    cursor,
  });
  let failed = 0;
  for (const { id } of items)
    try {
      await dunInvoice(session, id, policy, today);
    } catch (error) {
      // One customer's trouble does not keep the others from being looked at; tomorrow it is tried again.
      failed++;
      logger.error('invoice not dunned', { tenantId, invoiceId: id, error: error as Error });
    }
  // The page comes again then, so the next one is not asked for yet: else each try would start another walk of the rest.
  if (failed > 0 && failed === items.length) throw new Error(`None of ${failed} invoices could be dunned.`);
  if (nextCursor !== null) await sendMessages(dunningQueue, [messageFor({ tenantId, shard, cursor: nextCursor })]);
}

export const messageFor = (message: DunningMessage): { body: string } => ({ body: JSON.stringify(message) });
