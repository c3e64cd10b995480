/** Amazon SQS: queues, their API, and the in-process queues that pollers and targets use. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ServiceMetrics } from '../../runtime/service-metrics.ts';
import {
  AwsError,
  type AwsRequest,
  type AwsResponse,
  type AwsService,
  ConfigurationError,
  type CreatedResource,
  type DeclaredResource,
  type RuntimeContext,
} from '../../runtime/types.ts';
import { jsonOperations } from '../support/json-operations.ts';
import { type ApiScope, bindOperations } from './api.ts';
import { createMessageStore } from './message-store.ts';
import { MoveTasks } from './move-tasks.ts';
import { Queue, type QueueEnvironment } from './queue.ts';
import { messageCounter, sampleQueues } from './queue-metrics.ts';
import { readQueueSettings } from './queue-settings.ts';

export type { QueuedMessage, SendEntry } from './message.ts';
export type { Queue, SendResult } from './queue.ts';

export interface SqsService extends AwsService {
  /** A queue by ARN, URL or name; throws `QueueDoesNotExist`. */
  queue(identifier: string): Queue;
}

export function createSqsService(ctx: RuntimeContext): SqsService {
  const queues = new Map<string, Queue>();
  const stopping = new AbortController();
  const store = openStore(ctx.dataDir);
  const queueByArn = (arn: string) => queues.get(arn.split(':').at(-1)!);
  const metrics = new ServiceMetrics(ctx, 'AWS/SQS');
  const environment: QueueEnvironment = {
    ...{ clock: ctx.clock, meter: ctx.meter, faults: ctx.faults, accountId: ctx.accountId },
    ...{ store, queueByArn, counterOf: (name) => messageCounter(metrics, name) },
  };
  const moves = new MoveTasks(ctx.clock, queueByArn, () => queues.values());
  const scope: ApiScope = {
    queueByName: (name) => queues.get(name),
    queues: () => queues.values(),
    moves,
    signal: stopping.signal,
  };

  const respond = jsonOperations('SQS', bindOperations(scope));

  const createQueue = ({ properties, defaultName }: DeclaredResource): CreatedResource => {
    const suffix = String(properties['FifoQueue']) === 'true' && !defaultName.endsWith('.fifo') ? '.fifo' : '';
    const name: string = properties['QueueName'] ?? `${defaultName}${suffix}`;
    if (!/^[\w-]{1,80}$/.test(name.replace(/\.fifo$/, '')) || name.length > 80)
      throw new ConfigurationError(
        `Queue name "${name}" must have at most 80 letters, digits, hyphens and underscores.`,
      );
    if (queues.has(name)) throw new ConfigurationError(`Queue ${name} is declared twice.`);
    // The address of the local endpoint, or SDK clients would warn at each call that the two differ.
    const address = {
      arn: `arn:aws:sqs:${ctx.region}:${ctx.accountId}:${name}`,
      url: `http://127.0.0.1:${ctx.ports.aws}/${ctx.accountId}/${name}`,
    };
    queues.set(name, new Queue(readQueueSettings(name, properties, address), environment));
    return { ref: address.url, attributes: { Arn: address.arn, QueueName: name, QueueUrl: address.url } };
  };

  ctx.targets.register('sqs', async ({ arn, payload, parameters }) => {
    service.queue(arn).send({
      body: payload,
      attributes: parameters?.messageAttributes,
      groupId: parameters?.messageGroupId,
      deduplicationId: parameters?.messageDeduplicationId,
    });
  });

  const service: SqsService = {
    signingName: 'sqs',
    resources: {
      'AWS::SQS::Queue': createQueue,
      // IAM keeps what it says.
      'AWS::SQS::QueuePolicy': ({ defaultName }) => ({ ref: defaultName, attributes: { Id: defaultName } }),
    },
    queue(identifier) {
      const queue = queues.get(identifier.split(/[:/]/).at(-1)!);
      if (queue === undefined) throw new AwsError('QueueDoesNotExist', `The queue ${identifier} does not exist.`);
      return queue;
    },
    handle: (request) => answer(request, respond),
    async start() {
      sampleQueues(
        metrics,
        () => queues.values(),
        () => ctx.clock.now(),
      );
      for (const { settings } of queues.values())
        if (settings.redrive && !queueByArn(settings.redrive.deadLetterTargetArn))
          throw new ConfigurationError(
            `Queue ${settings.name}: its dead-letter queue ${settings.redrive.deadLetterTargetArn} is not declared.`,
          );
    },
    async stop() {
      stopping.abort();
      moves.stop();
      for (const queue of queues.values()) queue.availability.stop();
      store?.close();
    },
  };
  return service;
}

function openStore(dataDir: string | undefined) {
  if (dataDir === undefined) return undefined;
  mkdirSync(dataDir, { recursive: true });
  return createMessageStore(join(dataDir, 'queues.sqlite'));
}

/** Older names of errors, which clients of the query protocol look for. @see API Reference, "AWS query-compatible mode" */
const QUERY_CODES: Record<string, string> = {
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  ReceiptHandleIsInvalid: 'ReceiptHandleIsInvalid',
  MessageNotInflight: 'AWS.SimpleQueueService.MessageNotInflight',
  BatchEntryIdsNotDistinct: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
  BatchRequestTooLong: 'AWS.SimpleQueueService.BatchRequestTooLong',
  EmptyBatchRequest: 'AWS.SimpleQueueService.EmptyBatchRequest',
  InvalidBatchEntryId: 'AWS.SimpleQueueService.InvalidBatchEntryId',
  TooManyEntriesInBatchRequest: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
  UnsupportedOperation: 'AWS.SimpleQueueService.UnsupportedOperation',
};

async function answer(
  request: AwsRequest,
  respond: (request: AwsRequest) => Promise<AwsResponse>,
): Promise<AwsResponse> {
  try {
    return await respond(request);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return {
      status: error.status,
      headers: { 'x-amzn-query-error': `${QUERY_CODES[error.code] ?? error.code};Sender` },
      body: { __type: `com.amazonaws.sqs#${error.code}`, message: error.message },
    };
  }
}
