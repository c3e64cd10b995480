/** Walks a tenant's open invoices in the order they are due, a page for a message, as far as the policy looks ahead. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import { invoiceEntity, openPartitions } from '../invoices/invoice-entity.ts';
import type { Invoice } from '../invoices/invoice-schema.ts';
import { today as localToday } from '../invoices/local-day.ts';
import { dunInvoice } from './dun-invoice.ts';
import { dunningQueue, eachOfPage } from './dunning-queue.ts';
import { readPolicy } from './policy.ts';

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
  await eachOfPage(
    items,
    ({ id }) => dunInvoice(session, id, policy, today),
    ({ id }) => ({ tenantId, invoiceId: id }),
  );
  if (nextCursor !== null)
    await sendMessages(dunningQueue, [
      { body: JSON.stringify({ tenantId, shard, cursor: nextCursor } satisfies DunningMessage) },
    ]);
}
