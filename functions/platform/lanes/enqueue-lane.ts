/** Puts messages into their lanes and asks workers to look. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { putStep, writeMany } from '../../../layers/kernel/data/write-many.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { type DeliveryMessage, encodeJson } from '../deliveries/delivery-message.ts';
import { encodeToken, laneItemEntity, laneRetentionSeconds, lanesQueue } from './lane-entity.ts';

export interface LaneEntry {
  lane: string;
  message: DeliveryMessage;
}

/** DynamoDB takes 400 KB in an item; a longer body is read from the event log. */
const inlineBody = 200_000;

/** @param settleMs how long events may still overtake each other */
export async function enqueueInLanes(
  session: TenantSession,
  entries: readonly LaneEntry[],
  settleMs: number,
): Promise<void> {
  if (entries.length === 0) return;
  const nowMs = Date.now();
  await writeMany(
    entries.map(({ lane, message: { body, ...rest } }) =>
      putStep(session, laneItemEntity, {
        webhookId: rest.webhookId,
        lane,
        eventTime: rest.eventTime,
        messageId: rest.messageId,
        settledAtMs: nowMs + settleMs,
        message: encodeJson(body !== undefined && body.length <= inlineBody ? { ...rest, body } : rest),
        retainUntil: Math.floor(nowMs / 1000) + laneRetentionSeconds,
      }),
    ),
  );
  const lanes = new Map(entries.map(({ lane, message }) => [`${message.webhookId} ${lane}`, { lane, message }]));
  await sendMessages(
    lanesQueue,
    [...lanes.values()].map(({ lane, message: { webhookId } }) =>
      encodeToken({ tenantId: session.tenantId, webhookId, lane, dueAtMs: nowMs + settleMs }, nowMs),
    ),
  );
}
