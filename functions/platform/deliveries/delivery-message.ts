/** What travels in the delivery queue: everything an attempt needs, so that an unhindered delivery reads little and writes once. */
import type { OutgoingMessage } from '../../../layers/kernel/queues/send-messages.ts';
import { hopDelaySeconds } from '../../../layers/webhooks/retry-schedule.ts';

export const deliveriesQueue = 'webhook-deliveries';

export interface DeliveryMessage {
  tenantId: string;
  webhookId: string;
  deliveryId: string;
  /** The `webhook-id` header: the event's id or the batch's; stable over all attempts. */
  messageId: string;
  eventType: string;
  /** Events of a batch, in order. */
  eventIds?: string[];
  /** When the event happened, or the batch was closed; ISO 8601. */
  eventTime: string;
  /** When the delivery began; ISO 8601. */
  createdAt: string;
  correlationId: string;
  /** Counts from 1 over the whole life of the delivery. */
  attempt: number;
  /** Attempts made before this round: a replay begins the retry schedule anew. */
  roundBase: number;
  /** Not to be sent before, in milliseconds. */
  dueAtMs?: number;
  /** A place in the endpoint's rate limit is taken. */
  hasSlot?: boolean;
  /** Replay job, or `manual`. */
  replay?: string;
  /** Times the event was looked for in the log in vain: the recorder may be behind. */
  logWaits?: number;
  /** The body, when it is short enough to travel; else it is read from the event log. */
  body?: string;
}

/** SQS bills by 64 KB. A first attempt carries more, since the log may not have the event yet. */
const inlineFirst = 200_000;
const inlineRetry = 16_000;

export function encodeDelivery(message: DeliveryMessage, nowMs: number): OutgoingMessage {
  const { body, ...rest } = message;
  const fits = body !== undefined && body.length <= (message.attempt === 1 ? inlineFirst : inlineRetry);
  return {
    body: encodeJson(fits ? message : rest),
    delaySeconds: message.dueAtMs === undefined ? 0 : hopDelaySeconds(message.dueAtMs, nowMs),
  };
}

/** JSON without the two characters that JSON allows and SQS refuses (SendMessage, "message body"). */
export function encodeJson(value: unknown): string {
  return JSON.stringify(value).replace(/[\ufffe\uffff]/g, (character) =>
    character === '\ufffe' ? '\\ufffe' : '\\uffff',
  );
}

export const decodeDelivery = (body: string): DeliveryMessage => JSON.parse(body) as DeliveryMessage;
