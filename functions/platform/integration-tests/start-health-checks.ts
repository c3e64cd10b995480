/** Schedule: every tenant's integrations are checked; each tenant is one message, so one with many does not hold up the others. */
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { tenantIds } from '../../identity/contract.ts';
import { healthChecksQueue } from './run-health-checks.ts';

export async function handler(): Promise<{ tenants: number }> {
  let waiting: string[] = [];
  let tenants = 0;
  const flush = async (): Promise<void> => {
    await sendMessages(
      healthChecksQueue,
      waiting.map((tenantId) => ({ body: JSON.stringify({ tenantId }) })),
    );
    tenants += waiting.length;
    waiting = [];
  };
  for await (const tenantId of tenantIds()) if (waiting.push(tenantId) === 100) await flush();
  await flush();
  return { tenants };
}
