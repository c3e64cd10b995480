/** Schedule: once a day every tenant's open invoices are looked through. */
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { tenantIds } from '../../identity/contract.ts';
import { openPartitions } from '../invoices/invoice-entity.ts';
import { dunningQueue, messageFor } from './dun-tenant.ts';

export async function handler(): Promise<{ tenants: number }> {
  let tenants = 0;
  for await (const tenantId of tenantIds()) {
    tenants++;
    await sendMessages(
      dunningQueue,
      openPartitions.map((_, shard) => messageFor({ tenantId, shard })),
    );
  }
  return { tenants };
}
