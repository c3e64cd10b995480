/** What travels in the queue of event handlers: which row to work off, and its message while that is short. */
import type { OutgoingMessage } from '../../../layers/kernel/queues/send-messages.ts';
import { hopDelaySeconds } from '../../../layers/webhooks/retry-schedule.ts';
import { encodeJson } from '../deliveries/delivery-message.ts';

export const handlersQueue = 'event-handlers';

export interface HandlerWork {
  tenantId: string;
  processingId: string;
  /** Counts from 1 over the whole life of the row. */
  attempt: number;
  /** Not before, in milliseconds. */
  dueAtMs?: number;
  /** Times the event was looked for in the log in vain: the recorder may be behind. */
  logWaits?: number;
  body?: string;
}

/** SQS bills by 64 KB; a longer message is read from the event log. */
const inlineBody = 60_000;

export function encodeWork(work: HandlerWork, nowMs: number): OutgoingMessage {
  const { body, ...rest } = work;
  return {
    body: encodeJson(body !== undefined && body.length <= inlineBody ? work : rest),
    delaySeconds: work.dueAtMs === undefined ? 0 : hopDelaySeconds(work.dueAtMs, nowMs),
  };
}

export const decodeWork = (body: string): HandlerWork => JSON.parse(body) as HandlerWork;
