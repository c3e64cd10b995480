/** Puts events into the buffer of an endpoint and sees to it that somebody empties it in time. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { updateAtomically } from '../../../layers/kernel/data/update-atomically.ts';
import { putStep, writeMany } from '../../../layers/kernel/data/write-many.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import type { StoredWebhook } from '../webhooks/webhook-entity.ts';
import {
  type BufferedEvent,
  batchesQueue,
  bufferedEventEntity,
  bufferStateEntity,
  encodeFlush,
} from './buffer-entity.ts';

/** Until when a flush is queued that this function instance asked for. */
const armedUntil = new Map<string, number>();

export async function addToBuffer(
  session: TenantSession,
  webhook: StoredWebhook,
  events: readonly BufferedEvent[],
): Promise<void> {
  const { maxEvents, maxWaitSeconds } = webhook.batch!;
  await writeMany(events.map((event) => putStep(session, bufferedEventEntity, event)));
  const state = await updateAtomically(
    session,
    bufferStateEntity,
    { webhookId: webhook.id },
    {
      update: 'ADD waiting :count',
      values: { ':count': events.length },
    },
  );
  const nowMs = Date.now();
  const request = { tenantId: session.tenantId, webhookId: webhook.id };
  const isFull = (state?.waiting ?? 0) >= maxEvents;
  // A flush that is queued for later than now and within the wait serves these events too.
  const armed = armedUntil.get(webhook.id) ?? 0;
  const isArmed = armed > nowMs && armed <= nowMs + maxWaitSeconds * 1000;
  const dueAtMs = nowMs + maxWaitSeconds * 1000;
  await sendMessages(batchesQueue, [
    ...(isFull ? [encodeFlush(request, nowMs)] : []),
    ...(isArmed ? [] : [encodeFlush({ ...request, dueAtMs }, nowMs)]),
  ]);
  if (!isArmed) armedUntil.set(webhook.id, dueAtMs);
}
