/** Closes batches of an endpoint: those that are full, and the rest when its oldest event has waited long enough. */
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { updateAtomically } from '../../../layers/kernel/data/update-atomically.ts';
import { deleteStep, writeMany } from '../../../layers/kernel/data/write-many.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { batchBody, batchType } from '../../../layers/webhooks/message-body.ts';
import { deliveryIdOf } from '../deliveries/delivery-entity.ts';
import { type DeliveryMessage, deliveriesQueue, encodeDelivery } from '../deliveries/delivery-message.ts';
import { endpointsFor } from '../deliveries/endpoint-directory.ts';
import {
  type BufferedEvent,
  batchesQueue,
  bufferedEventEntity,
  bufferStateEntity,
  encodeFlush,
  type FlushRequest,
} from './buffer-entity.ts';

const leaseMs = 60_000;
const busyRetryMs = 2000;
/** A body of more than this is unkind to receivers; a batch closes before it. */
const maxBodyBytes = 500_000;
const unbatched = { maxEvents: 100, maxWaitSeconds: 0 };

export async function flushBuffer(request: FlushRequest): Promise<void> {
  const nowMs = Date.now();
  const again = (dueAtMs: number): Promise<void> =>
    sendMessages(batchesQueue, [encodeFlush({ ...request, dueAtMs }, Date.now())]);
  if ((request.dueAtMs ?? 0) > nowMs) return again(request.dueAtMs!);
  const session = openSession(request.tenantId);
  const key = { webhookId: request.webhookId };
  const leased = await updateAtomically(session, bufferStateEntity, key, {
    update: 'SET leaseUntilMs = :until',
    condition: 'attribute_not_exists(leaseUntilMs) OR leaseUntilMs < :now',
    values: { ':until': nowMs + leaseMs, ':now': nowMs },
  });
  if (leased === undefined) return again(nowMs + busyRetryMs);
  const webhook = (await endpointsFor(session, [request.webhookId])).get(request.webhookId);
  // An endpoint that no longer asks for batches gets what waits at once.
  const { maxEvents, maxWaitSeconds } = webhook?.batch ?? unbatched;
  for (;;) {
    const waiting = await readOldest(session, request.webhookId, maxEvents);
    const oldest = Math.min(...waiting.map(({ queuedAtMs }) => queuedAtMs));
    const isRipe = waiting.length >= maxEvents || oldest + maxWaitSeconds * 1000 <= Date.now();
    if (waiting.length === 0 || !isRipe) {
      await updateAtomically(session, bufferStateEntity, key, {
        update: 'SET waiting = :waiting REMOVE leaseUntilMs',
        values: { ':waiting': waiting.length },
      });
      if (waiting.length > 0) await again(oldest + maxWaitSeconds * 1000);
      return;
    }
    const batch = withinSize(waiting);
    if (webhook) await closeBatch(session, webhook.id, batch);
    await writeMany(batch.map((event) => deleteStep(session, bufferedEventEntity, event)));
  }
}

async function readOldest(session: TenantSession, webhookId: string, limit: number): Promise<BufferedEvent[]> {
  const { items } = await session.query<BufferedEvent>(bufferedEventEntity, {
    pk: ['BUFFER', webhookId],
    beginsWith: ['ITEM', ''],
    limit,
    consistent: true,
  });
  return items;
}

function withinSize(events: readonly BufferedEvent[]): BufferedEvent[] {
  let bytes = 0;
  const fitting = events.findIndex(({ body = '' }) => {
    bytes += body.length;
    return bytes > maxBodyBytes;
  });
  return events.slice(0, fitting < 0 ? events.length : Math.max(1, fitting));
}

/** The same events always make the same batch, so a worker that dies after sending it repeats a known delivery. */
async function closeBatch(session: TenantSession, webhookId: string, batch: readonly BufferedEvent[]): Promise<void> {
  const eventIds = batch.map(({ eventId }) => eventId);
  const eventTime = batch.at(-1)!.eventTime;
  const messageId = derivedId('bat', Date.parse(eventTime), `${webhookId} ${eventIds.join(' ')}`);
  const bodies = batch.flatMap(({ body }) => body ?? []);
  const message: DeliveryMessage = {
    tenantId: session.tenantId,
    webhookId,
    deliveryId: deliveryIdOf(webhookId, messageId, eventTime),
    messageId,
    eventType: batchType,
    eventIds,
    eventTime,
    createdAt: session.context.now(),
    correlationId: batch[0]!.correlationId,
    attempt: 1,
    roundBase: 0,
    ...(bodies.length === batch.length ? { body: batchBody(messageId, eventTime, bodies) } : {}),
  };
  await sendMessages(deliveriesQueue, [encodeDelivery(message, Date.now())]);
}
