/**
 * Work on money at payment providers, as messages: what to look at, and when to look again when nothing is known yet. What of a
 * payment takes several transactions is gone on with by the same queue.
 */
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';

export const providerPaymentsQueue = 'provider-payments';

export interface ProviderWork {
  tenantId: string;
  kind: 'checkout' | 'refund' | 'payment';
  id: string;
  /** How often it was looked at by the clock; none where a notification asks for one look. */
  look?: number | undefined;
  /** Not before this time: a message waits at most 15 minutes, so a longer wait is several. */
  notBefore?: string | undefined;
}

const maxDelaySeconds = 900;

/** @param waitSeconds as long as one likes */
export function orderWork(work: ProviderWork, waitSeconds = 0): Promise<void> {
  const delaySeconds = Math.min(waitSeconds, maxDelaySeconds);
  return sendMessages(providerPaymentsQueue, [{ body: JSON.stringify(work), delaySeconds }]);
}

export const waitFor = (work: ProviderWork, seconds: number, nowMs: number): Promise<void> =>
  orderWork({ ...work, notBefore: new Date(nowMs + seconds * 1000).toISOString() }, seconds);
