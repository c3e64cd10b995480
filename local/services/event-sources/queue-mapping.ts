/** SQS to Lambda: batches of messages invoke a function; what it does not report as failed is deleted. */
import { AwsError, type LambdaInvoker, type RuntimeContext } from '../../runtime/types.ts';
import type { Queue, QueuedMessage } from '../sqs/index.ts';
import { systemAttributes } from '../sqs/receive-view.ts';
import { readBatchResponse } from './batch-response.ts';
import type { MappingSettings } from './mapping-settings.ts';
import { type PolledMessage, QueuePoller } from './queue-poller.ts';

/** The synchronous payload quota of a function. @see "Lambda quotas" */
export const MAX_EVENT_BYTES = 6 * 1024 * 1024;
const THROTTLE_BACKOFF_MS = 100;
const LONGEST_THROTTLE_BACKOFF_MS = 5000;

export function createQueueMapping(
  ctx: RuntimeContext,
  mapping: MappingSettings,
  queue: Queue,
  signal: AbortSignal,
): QueuePoller {
  const { name, batchSize, windowMs, maximumConcurrency, matches } = mapping;
  return new QueuePoller({
    ...{ name, queue, clock: ctx.clock, log: ctx.log, batchSize, windowMs, maximumConcurrency, matches },
    maximumBytes: MAX_EVENT_BYTES - 16,
    render: (message) => queueRecord(message, queue.settings.arn, ctx.region),
    process: (batch) => invoke(ctx, mapping, batch, signal),
  });
}

/** A message as functions get it. @see Lambda Developer Guide, "Using Lambda with Amazon SQS", example event */
export function queueRecord(message: QueuedMessage, queueArn: string, region: string): object {
  const messageAttributes = Object.fromEntries(
    Object.entries(message.attributes ?? {}).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        ...(StringValue !== undefined && { stringValue: StringValue }),
        ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
        ...{ stringListValues: [], binaryListValues: [], dataType: DataType },
      },
    ]),
  );
  return {
    ...{ messageId: message.messageId, receiptHandle: message.receiptHandle, body: message.body },
    ...{ attributes: systemAttributes(message), messageAttributes },
    ...(message.md5OfAttributes !== undefined && { md5OfMessageAttributes: message.md5OfAttributes }),
    ...{ md5OfBody: message.md5OfBody, eventSource: 'aws:sqs', eventSourceARN: queueArn, awsRegion: region },
  };
}

async function invoke(
  ctx: RuntimeContext,
  mapping: MappingSettings,
  batch: PolledMessage[],
  signal: AbortSignal,
): Promise<PolledMessage[]> {
  const lambda = ctx.service<LambdaInvoker>('lambda');
  const payload = `{"Records":[${batch.map(({ json }) => json).join(',')}]}`;
  const giveUpAt = Math.min(...batch.map(({ visibleAt }) => visibleAt));
  for (let attempt = 0; ; attempt += 1) {
    try {
      const result = await lambda.invoke(mapping.functionName, payload);
      const identifiers = new Set(batch.map(({ messageId }) => messageId));
      const response = readBatchResponse(result, identifiers, mapping.reportsItems);
      if (response.kind === 'success') return batch;
      if (response.kind === 'partial') return batch.filter(({ messageId }) => !response.failed.has(messageId));
      ctx.log.warn(`${mapping.name}: a batch of ${batch.length} failed`, { reason: response.reason });
      return [];
    } catch (error) {
      if (!(error instanceof AwsError && error.code === 'TooManyRequestsException')) throw error;
      // "Backoff strategy": throttled batches are retried until the visibility timeout makes their messages visible anyway.
      const delayMs = Math.min(THROTTLE_BACKOFF_MS * 2 ** attempt, LONGEST_THROTTLE_BACKOFF_MS);
      if (ctx.clock.now() + delayMs >= giveUpAt) return [];
      await ctx.clock.sleep(delayMs, signal);
    }
  }
}
