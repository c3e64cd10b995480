/** The queue on which tokens wait for their turn or for the vendor. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';

export const vendQueue = 'prepaid-vends';

export interface VendMessage {
  tenantId: string;
  vendId: string;
}

/** @param delaySeconds 0 to 900 */
export const orderVend = ({ tenantId }: TenantSession, vendId: string, delaySeconds = 0): Promise<void> =>
  sendMessages(vendQueue, [{ body: JSON.stringify({ tenantId, vendId } satisfies VendMessage), delaySeconds }]);

/** Longer from time to time, up to a quarter of an hour, the longest delay of SQS. */
export const delayAfter = (attempts: number): number => Math.min(900, 15 * 2 ** Math.max(0, attempts - 1));
