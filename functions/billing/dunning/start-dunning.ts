/** Schedule: once a day every tenant's open invoices are looked through, and the meters that are dark for debt. */
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { tenantIds } from '../../identity/contract.ts';
import { openPartitions } from '../invoices/invoice-entity.ts';
import type { DunningMessage } from './dun-tenant.ts';
import { dunningQueue } from './dunning-queue.ts';
import type { DarkMetersMessage } from './walk-dark-meters.ts';

export async function handler(): Promise<{ tenants: number }> {
  let tenants = 0;
  for await (const tenantId of tenantIds()) {
    tenants++;
    await startWalks(tenantId);
  }
  return { tenants };
}

export function startWalks(tenantId: string): Promise<void> {
  const walks: (DunningMessage | DarkMetersMessage)[] = [
    { tenantId, walk: 'dark-meters' },
    ...openPartitions.map((_, shard) => ({ tenantId, shard })),
  ];
  return sendMessages(
    dunningQueue,
    walks.map((walk) => ({ body: JSON.stringify(walk) })),
  );
}
