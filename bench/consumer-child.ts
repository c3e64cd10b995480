/** The measured process of a queue's consumer, given messages as Lambda's poller would. Its first argument is the module of the consumer. */
import { pathToFileURL } from 'node:url';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';

/** What one invocation took. */
export interface Invocation {
  durationMs: number;
  /** Of the whole process since it began, microseconds. */
  cpuUs: number;
}

const { handler } = (await import(pathToFileURL(process.argv[2]!).href)) as {
  handler(event: SQSEvent): Promise<SQSBatchResponse>;
};

process.on('message', async ({ id, body }: { id: number; body: string }) => {
  const event = { Records: [{ messageId: String(id), body, attributes: {} }] } as unknown as SQSEvent;
  const startedMs = performance.now();
  const { batchItemFailures } = await handler(event);
  if (batchItemFailures.length > 0) throw new Error('The consumer gave a message back.');
  const { user, system } = process.cpuUsage();
  process.send!({ id, durationMs: performance.now() - startedMs, cpuUs: user + system });
});
process.send!({ id: -1, durationMs: 0, cpuUs: 0 });
