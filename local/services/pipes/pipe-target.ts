/** The last step of a pipe: hands a batch of events to the target and says which event failed first. */
import {
  AwsError,
  ConfigurationError,
  type LambdaInvoker,
  type RuntimeContext,
  type TargetRequest,
} from '../../runtime/types.ts';
import { readBatchResponse } from '../event-sources/batch-response.ts';
import { compileParameter, compilePipeTemplate, type PipeIdentity } from './pipe-event.ts';

export type TargetOutcome =
  | { kind: 'done' }
  /** `failed` are positions in the batch; all of it when unknown. */
  | { kind: 'failed'; failed: number[] | 'all'; reason: string }
  | { kind: 'throttled' };

export interface PipeTarget {
  /** The most events a batch may have. @see "Amazon EventBridge Pipes batching and concurrency", "Supported batchable targets" */
  maximumBatch: number;
  /** @param identifiers sequence numbers or message ids of the events, as a function may report them; empty after an enrichment */
  deliver(events: unknown[], identifiers: string[], ingestedAt: string): Promise<TargetOutcome>;
}

type Parameters = Record<string, any>;

/** @throws ConfigurationError for a target the local runtime has not */
export function createPipeTarget(ctx: RuntimeContext, pipe: PipeIdentity, parameters: Parameters = {}): PipeTarget {
  const render = compilePipeTemplate(parameters['InputTemplate'], pipe);
  const service = pipe.targetArn.split(':')[2] ?? '';
  const each = (maximumBatch: number, resolve: (event: unknown) => TargetRequest['parameters']): PipeTarget => ({
    maximumBatch,
    deliver: (events, _, ingestedAt) =>
      deliverEach(ctx, events, (event) => ({
        arn: pipe.targetArn,
        payload: render({ event, ingestedAt }),
        parameters: resolve(event)!,
      })),
  });
  switch (service) {
    case 'events':
      return each(10, busParameters(pipe, parameters['EventBridgeEventBusParameters'] ?? {}));
    case 'sqs':
      return each(10, queueParameters(parameters['SqsQueueParameters'] ?? {}));
    case 'sns':
      return each(10, () => ({}));
    case 'logs':
      return each(10_000, () => ({}));
    case 'lambda': {
      const waits = parameters['LambdaFunctionParameters']?.['InvocationType'] !== 'FIRE_AND_FORGET';
      return {
        maximumBatch: 10_000,
        deliver: (events, identifiers, ingestedAt) => {
          const payload = `[${events.map((event) => render({ event, ingestedAt })).join(',')}]`;
          return waits ? invoke(ctx, pipe, payload, identifiers) : invokeAsync(ctx, pipe, payload);
        },
      };
    }
    default:
      throw new ConfigurationError(`Pipe ${pipe.name}: the local runtime cannot deliver to ${pipe.targetArn}.`);
  }
}

function busParameters(
  pipe: PipeIdentity,
  parameters: Parameters,
): (event: unknown) => NonNullable<TargetRequest['parameters']> {
  const sourceService = pipe.sourceArn.split(':')[2];
  const detailType = compileParameter(parameters['DetailType'] ?? `Event from aws:${sourceService}`);
  const source = compileParameter(parameters['Source'] ?? `Pipe ${pipe.name}`);
  const time = compileParameter(parameters['Time']);
  const resources = ((parameters['Resources'] ?? []) as string[]).map(compileParameter);
  return (event) => {
    const at = time(event);
    return {
      detailType: detailType(event) ?? '',
      source: source(event) ?? '',
      ...(at !== undefined && { time: at }),
      resources: resources.map((resource) => resource(event)).filter((resource) => resource !== undefined),
    };
  };
}

function queueParameters(parameters: Parameters): (event: unknown) => NonNullable<TargetRequest['parameters']> {
  const group = compileParameter(parameters['MessageGroupId']);
  const deduplication = compileParameter(parameters['MessageDeduplicationId']);
  return (event) => {
    const messageGroupId = group(event);
    const messageDeduplicationId = deduplication(event);
    return {
      ...(messageGroupId !== undefined && { messageGroupId }),
      ...(messageDeduplicationId !== undefined && { messageDeduplicationId }),
    };
  };
}

/** One after the other: order within a shard or group is kept, and what follows a failure is not sent before it. */
async function deliverEach(
  ctx: RuntimeContext,
  events: unknown[],
  request: (event: unknown) => TargetRequest,
): Promise<TargetOutcome> {
  for (const [index, event] of events.entries()) {
    try {
      await ctx.targets.deliver(request(event));
    } catch (error) {
      const failed = events.map((_, position) => position).slice(index);
      return { kind: 'failed', failed, reason: error instanceof Error ? error.message : String(error) };
    }
  }
  return { kind: 'done' };
}

async function invoke(
  ctx: RuntimeContext,
  pipe: PipeIdentity,
  payload: string,
  identifiers: string[],
): Promise<TargetOutcome> {
  try {
    const result = await ctx.service<LambdaInvoker>('lambda').invoke(pipe.targetArn, payload);
    const response = readBatchResponse(result, new Set(identifiers), identifiers.length > 0);
    if (response.kind === 'success') return { kind: 'done' };
    if (response.kind === 'failure') return { kind: 'failed', failed: 'all', reason: response.reason };
    const failed = identifiers.flatMap((identifier, index) => (response.failed.has(identifier) ? [index] : []));
    return { kind: 'failed', failed, reason: 'the function reported batchItemFailures' };
  } catch (error) {
    return unreached(error);
  }
}

async function invokeAsync(ctx: RuntimeContext, pipe: PipeIdentity, payload: string): Promise<TargetOutcome> {
  try {
    await ctx.service<LambdaInvoker>('lambda').invokeAsync(pipe.targetArn, payload);
    return { kind: 'done' };
  } catch (error) {
    return unreached(error);
  }
}

export function unreached(error: unknown): TargetOutcome {
  if (error instanceof AwsError && error.code === 'TooManyRequestsException') return { kind: 'throttled' };
  return { kind: 'failed', failed: 'all', reason: error instanceof Error ? error.message : String(error) };
}
