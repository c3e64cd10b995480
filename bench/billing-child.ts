/** The measured process of the billing benchmark: the consumer of the queue, given messages as Lambda's poller would. */
import type { SQSEvent } from 'aws-lambda';
import { handler } from '../functions/billing/runs/bill-customers.ts';

/** What one invocation took. */
export interface Invocation {
  durationMs: number;
  /** Of the whole process since it began, microseconds. */
  cpuUs: number;
}

process.on('message', async ({ id, body }: { id: number; body: string }) => {
  const event = { Records: [{ messageId: String(id), body, attributes: {} }] } as unknown as SQSEvent;
  const startedMs = performance.now();
  const { batchItemFailures } = await handler(event);
  if (batchItemFailures.length > 0) throw new Error('Billing gave a message back.');
  const { user, system } = process.cpuUsage();
  process.send!({ id, durationMs: performance.now() - startedMs, cpuUs: user + system });
});
process.send!({ id: -1, durationMs: 0, cpuUs: 0 });
