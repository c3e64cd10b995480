/**
 * A pipe: records of a table stream or a queue, filtered, enriched, transformed and handed to one target.
 * @see EventBridge User Guide, "Amazon EventBridge Pipes"
 */
import {
  ConfigurationError,
  type DynamoDbStreams,
  type LambdaInvoker,
  type RuntimeContext,
  type StreamRecord,
} from '../../runtime/types.ts';
import type { BatchOutcome } from '../event-sources/batch-retry.ts';
import type { Checkpoints } from '../event-sources/checkpoints.ts';
import { MAX_EVENT_BYTES, queueRecord } from '../event-sources/queue-mapping.ts';
import { type PolledMessage, QueuePoller } from '../event-sources/queue-poller.ts';
import { StreamReader } from '../event-sources/stream-reader.ts';
import { BILLED_CHUNK_BYTES, isoSeconds } from '../eventbridge/event.ts';
import type { SqsService } from '../sqs/index.ts';
import { compilePipeTemplate } from './pipe-event.ts';
import { executionRecorder } from './pipe-metrics.ts';
import type { PipeSettings } from './pipe-settings.ts';
import { createPipeTarget, type TargetOutcome, unreached } from './pipe-target.ts';

export interface RunningPipe {
  start(): void;
  stop(): Promise<void>;
}

/** Batches of one queue at a time; AWS scales further by itself. */
const LOCAL_CONCURRENCY = 5;
const THROTTLE_RETRY_MS = 1000;

/** Checks the pipe's target and templates and answers what makes it run, once every resource exists. */
export function createPipe(
  ctx: RuntimeContext,
  settings: PipeSettings,
  checkpoints: Checkpoints,
  signal: AbortSignal,
): () => RunningPipe {
  const { identity } = settings;
  const target = createPipeTarget(ctx, identity, settings.targetParameters);
  const renderForEnrichment = compilePipeTemplate(settings.enrichmentTemplate, identity);
  if (settings.batchSize !== undefined && settings.batchSize > target.maximumBatch)
    throw new ConfigurationError(
      `Pipe ${identity.name}: its target takes at most ${target.maximumBatch} events at a time, BatchSize is ${settings.batchSize}.`,
    );

  const record = executionRecorder(ctx, identity.name);
  const run: Run = async (events, identifiers) => {
    const startedAt = ctx.clock.now();
    const outcome = await execute(events, identifiers);
    record(outcome, events.length, ctx.clock.now() - startedAt);
    return outcome;
  };

  const execute: Run = async (events, identifiers) => {
    for (const event of events) {
      const chunks = Math.ceil(Buffer.byteLength(JSON.stringify(event)) / BILLED_CHUNK_BYTES);
      ctx.meter.count('eventbridge.pipesRequestPerMillion64KB', chunks);
    }
    const ingestedAt = isoSeconds(ctx.clock.now());
    if (identity.enrichmentArn === undefined) return target.deliver(events, identifiers, ingestedAt);
    const payload = `[${events.map((event) => renderForEnrichment({ event, ingestedAt })).join(',')}]`;
    const enriched = await enrich(ctx, identity.enrichmentArn, payload);
    if (!Array.isArray(enriched)) return enriched;
    if (enriched.length > target.maximumBatch)
      return {
        kind: 'failed',
        failed: 'all',
        reason: `the enrichment answered ${enriched.length} events, the target takes ${target.maximumBatch}`,
      };
    const outcome =
      enriched.length === 0 ? ({ kind: 'done' } as const) : await target.deliver(enriched, [], ingestedAt);
    // Events of an enrichment cannot be traced back to records: the batch fails as one.
    return outcome.kind === 'failed' ? { ...outcome, failed: 'all' } : outcome;
  };

  const isQueue = identity.sourceArn.startsWith('arn:aws:sqs:');
  return () =>
    isQueue
      ? queuePipe(ctx, settings, target.maximumBatch, signal, run)
      : streamPipe(ctx, settings, target.maximumBatch, checkpoints, run);
}

type Run = (events: object[], identifiers: string[]) => Promise<TargetOutcome>;

function streamPipe(
  ctx: RuntimeContext,
  settings: PipeSettings,
  maximumBatch: number,
  checkpoints: Checkpoints,
  run: Run,
): RunningPipe {
  const { identity, limits } = settings;
  const { clock, log, faults } = ctx;
  const process = async (records: StreamRecord[]): Promise<BatchOutcome> => {
    const sequence = records.map(({ dynamodb }) => dynamodb.SequenceNumber);
    const outcome = await run(records, sequence);
    if (outcome.kind !== 'failed') return outcome;
    log.warn(`Pipe ${identity.name}: a batch of ${records.length} failed`, { reason: outcome.reason });
    return outcome.failed === 'all' ? { kind: 'failed' } : { kind: 'failed', from: sequence[outcome.failed[0]!]! };
  };
  return new StreamReader({
    ...limits,
    ...{ name: identity.name, streamArn: identity.sourceArn, streams: ctx.service<DynamoDbStreams>('dynamodb') },
    ...{ checkpoints, clock, log, faults, maximumBytes: MAX_EVENT_BYTES, process },
    ...{ startingPosition: settings.startingPosition, parallelizationFactor: settings.parallelizationFactor },
    ...{ batchSize: settings.batchSize ?? Math.min(100, maximumBatch), windowMs: settings.windowMs },
    matches: settings.matches,
    discard: async ({ condition, records, shardId }) => {
      log.warn(`Pipe ${identity.name}: ${records.length} stream records were given up`, { condition, shardId });
      if (settings.deadLetterArn === undefined) return;
      const times = records.map(({ dynamodb }) => new Date(dynamodb.ApproximateCreationDateTime * 1000).toISOString());
      const payload = JSON.stringify({
        context: { partnerResourceArn: identity.arn, condition },
        version: '1.0',
        timestamp: new Date(clock.now()).toISOString(),
        DDBStreamBatchInfo: {
          ...{ shardId, startSequenceNumber: records[0]!.dynamodb.SequenceNumber },
          ...{ endSequenceNumber: records.at(-1)!.dynamodb.SequenceNumber, batchSize: records.length },
          ...{ approximateArrivalOfFirstRecord: times[0], approximateArrivalOfLastRecord: times.at(-1) },
          streamArn: identity.sourceArn,
        },
      });
      await ctx.targets.deliver({ arn: settings.deadLetterArn, payload }).catch((error: unknown) => {
        log.error(`Pipe ${identity.name}: the dead-letter queue refused a batch`, { error: String(error), payload });
      });
    },
  });
}

function queuePipe(
  ctx: RuntimeContext,
  settings: PipeSettings,
  maximumBatch: number,
  signal: AbortSignal,
  run: Run,
): RunningPipe {
  const { identity } = settings;
  const { clock, log } = ctx;
  const queue = ctx.service<SqsService>('sqs').queue(identity.sourceArn);
  const process = async (batch: PolledMessage[]): Promise<PolledMessage[]> => {
    const events = batch.map(({ json }) => JSON.parse(json) as object);
    const identifiers = batch.map(({ messageId }) => messageId);
    const giveUpAt = Math.min(...batch.map(({ visibleAt }) => visibleAt));
    for (;;) {
      const outcome = await run(events, identifiers);
      if (outcome.kind === 'done') return batch;
      if (outcome.kind === 'failed') {
        log.warn(`Pipe ${identity.name}: a batch of ${batch.length} failed`, { reason: outcome.reason });
        const { failed } = outcome;
        return failed === 'all' ? [] : batch.filter((_, index) => !failed.includes(index));
      }
      if (clock.now() + THROTTLE_RETRY_MS >= giveUpAt) return [];
      await clock.sleep(THROTTLE_RETRY_MS, signal);
    }
  };
  return new QueuePoller({
    ...{ name: `Pipe ${identity.name}`, queue, clock, log, process, matches: settings.matches },
    ...{ batchSize: settings.batchSize ?? Math.min(10, maximumBatch), windowMs: settings.windowMs },
    ...{ maximumConcurrency: LOCAL_CONCURRENCY, maximumBytes: MAX_EVENT_BYTES },
    render: (message) => queueRecord(message, identity.sourceArn, ctx.region),
  });
}

/** The events a function makes of a batch; nothing at all when its answer is empty. @see "Event enrichment in Amazon EventBridge Pipes" */
async function enrich(ctx: RuntimeContext, functionArn: string, payload: string): Promise<unknown[] | TargetOutcome> {
  try {
    const result = await ctx.service<LambdaInvoker>('lambda').invoke(functionArn, payload);
    if (result.functionError !== undefined) return { kind: 'failed', failed: 'all', reason: result.payload };
    const answer: unknown = result.payload === '' ? null : JSON.parse(result.payload);
    if (answer === null || answer === '') return [];
    if (Array.isArray(answer)) return answer;
    return typeof answer === 'object' && Object.keys(answer).length === 0 ? [] : [answer];
  } catch (error) {
    return unreached(error);
  }
}
