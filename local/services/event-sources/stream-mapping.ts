/** DynamoDB stream to Lambda: batches in order; what is given up is described to the on-failure destination. */
import { randomUUID } from 'node:crypto';
import {
  AwsError,
  type DynamoDbStreams,
  type LambdaInvoker,
  type RuntimeContext,
  type StreamRecord,
} from '../../runtime/types.ts';
import { readBatchResponse } from './batch-response.ts';
import type { BatchOutcome, Discard } from './batch-retry.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { MappingSettings } from './mapping-settings.ts';
import { MAX_EVENT_BYTES } from './queue-mapping.ts';
import { StreamReader } from './stream-reader.ts';

export function createStreamMapping(
  ctx: RuntimeContext,
  mapping: MappingSettings,
  checkpoints: Checkpoints,
): StreamReader {
  const { clock, log, faults } = ctx;
  return new StreamReader({
    ...mapping,
    ...{
      streamArn: mapping.sourceArn,
      streams: ctx.service<DynamoDbStreams>('dynamodb'),
      checkpoints,
      clock,
      log,
      faults,
    },
    maximumBytes: MAX_EVENT_BYTES - 16,
    process: (records) => invoke(ctx, mapping, records),
    discard: (discarded) => reportDiscard(ctx, mapping, discarded),
  });
}

async function invoke(ctx: RuntimeContext, mapping: MappingSettings, records: StreamRecord[]): Promise<BatchOutcome> {
  try {
    const result = await ctx
      .service<LambdaInvoker>('lambda')
      .invoke(mapping.functionName, JSON.stringify({ Records: records }));
    const sequence = records.map(({ dynamodb }) => dynamodb.SequenceNumber);
    const response = readBatchResponse(result, new Set(sequence), mapping.reportsItems);
    if (response.kind === 'success') return { kind: 'done' };
    if (response.kind === 'partial')
      return { kind: 'failed', from: sequence.find((number) => response.failed.has(number))! };
    ctx.log.warn(`${mapping.name}: a batch of ${records.length} failed`, { reason: response.reason });
    return { kind: 'failed' };
  } catch (error) {
    const code = error instanceof AwsError ? error.code : String(error);
    if (code !== 'TooManyRequestsException') ctx.log.warn(`${mapping.name}: the function was not reached`, { code });
    return { kind: 'throttled' };
  }
}

/** The invocation record of "Retain discarded records for a DynamoDB event source in Lambda". */
async function reportDiscard(ctx: RuntimeContext, mapping: MappingSettings, discarded: Discard): Promise<void> {
  const { records, condition, shardId, attempts } = discarded;
  ctx.log.warn(`${mapping.name}: ${records.length} stream records were given up`, { condition, shardId });
  if (mapping.onFailureArn === undefined) return;
  const times = records.map(({ dynamodb }) => new Date(dynamodb.ApproximateCreationDateTime * 1000).toISOString());
  const payload = JSON.stringify({
    requestContext: {
      ...{ requestId: randomUUID(), functionArn: mapping.functionName, condition, approximateInvokeCount: attempts },
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: new Date(ctx.clock.now()).toISOString(),
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: records[0]!.dynamodb.SequenceNumber,
      endSequenceNumber: records.at(-1)!.dynamodb.SequenceNumber,
      approximateArrivalOfFirstRecord: times[0],
      approximateArrivalOfLastRecord: times.at(-1),
      batchSize: records.length,
      streamArn: mapping.sourceArn,
    },
  });
  try {
    await ctx.targets.deliver({ arn: mapping.onFailureArn, payload });
  } catch (error) {
    ctx.log.error(`${mapping.name}: the on-failure destination refused a record`, { error: String(error), payload });
  }
}
