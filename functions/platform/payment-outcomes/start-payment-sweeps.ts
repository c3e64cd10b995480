/** Schedule: every tenant's payments of unknown outcome are looked after; each tenant is one message. */
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { tenantIds } from '../../identity/contract.ts';
import { paymentSweepsQueue } from './run-payment-sweep.ts';

const perSending = 100;

export async function handler(): Promise<{ tenants: number }> {
  let waiting: string[] = [];
  let tenants = 0;
  const flush = async (): Promise<void> => {
    await sendMessages(
      paymentSweepsQueue,
      waiting.map((tenantId) => ({ body: JSON.stringify({ tenantId }) })),
    );
    tenants += waiting.length;
    waiting = [];
  };
  for await (const tenantId of tenantIds()) if (waiting.push(tenantId) === perSending) await flush();
  await flush();
  return { tenants };
}
