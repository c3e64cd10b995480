/** Lambda entry: what providers report of messages they took. Reports come in any order; an arrival is not taken back. */
import * as z from 'zod/mini';
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { consumeEvents } from '../../../layers/kernel/events/consume.ts';
import { customerMessageEntity, sentMessageEntity } from './message-entity.ts';

const payloadSchema = z.object({
  integrationId: z.string(),
  occurredAt: z.nullable(z.string()),
  data: z.object({ providerReference: z.string(), status: z.string(), providerCode: z.optional(z.unknown()) }),
});

export const handler = consumeEvents(async ({ tenantId, occurredAt: told, payload }) => {
  const parsed = payloadSchema.safeParse(payload);
  if (!parsed.success) return;
  const { integrationId, occurredAt, data } = parsed.data;
  if (data.status !== 'delivered' && data.status !== 'failed') return;
  const session = openSession(tenantId);
  await retryOnChange(async () => {
    const sent = await session.get(sentMessageEntity, { integrationId, providerReference: data.providerReference });
    // Not ours: other domains send messages too.
    if (sent === undefined) return;
    const message = await session.require(customerMessageEntity, { id: sent.messageId });
    if (message.status !== 'sent') return;
    await session.transact('billing', (unit) =>
      unit.update(
        customerMessageEntity,
        message,
        data.status === 'delivered'
          ? { status: 'delivered', deliveredAt: occurredAt ?? told }
          : { status: 'failed', reason: 'undelivered', detail: String(data.providerCode ?? '') },
        { isAudited: false },
      ),
    );
  });
});
