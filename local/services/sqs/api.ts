/** The SQS API in its JSON protocol: one function per operation over the queues of this process. */
import { AwsError } from '../../runtime/types.ts';
import { invalid, MAX_MESSAGE_BYTES, type SendEntry } from './message.ts';
import type { MoveTasks } from './move-tasks.ts';
import type { Queue, SendResult } from './queue.ts';
import { describeSettings } from './queue-settings.ts';
import { receiveView } from './receive-view.ts';

export interface ApiScope {
  queueByName(name: string): Queue | undefined;
  queues(): Iterable<Queue>;
  moves: MoveTasks;
  /** Aborts long polls when the service stops. */
  signal: AbortSignal;
}

type Input = Record<string, any>;
type Operation = (input: Input, scope: ApiScope) => object | Promise<object>;

const operations: Record<string, Operation> = {
  SendMessage: (input, scope) => sendView(queueOf(input, scope).send(sendEntry(input))),
  SendMessageBatch: (input, scope) => {
    const queue = queueOf(input, scope);
    const entries = batchEntries(input);
    const views = entries.map(sendEntry);
    const total = views.reduce((sum, { body }) => sum + Buffer.byteLength(body ?? ''), 0);
    if (total > MAX_MESSAGE_BYTES)
      throw new AwsError(
        'BatchRequestTooLong',
        `Batch requests cannot be longer than ${MAX_MESSAGE_BYTES} bytes. You have sent ${total} bytes.`,
      );
    return batchView(entries, queue.sendBatch(views), sendView);
  },
  ReceiveMessage: async (input, scope) => {
    const queue = queueOf(input, scope);
    const max = range(input, 'MaxNumberOfMessages', 1, 1, 10);
    const waitMs = range(input, 'WaitTimeSeconds', queue.settings.waitSeconds, 0, 20) * 1000;
    const visibility = range(input, 'VisibilityTimeout', queue.settings.visibilityTimeoutSeconds, 0, 43_200) * 1000;
    if (input['ReceiveRequestAttemptId'] !== undefined)
      throw new AwsError(
        'UnsupportedOperation',
        'The local runtime does not replay receives by ReceiveRequestAttemptId.',
      );
    const messages = await queue.receiveWaiting(max, waitMs, visibility, scope.signal);
    const names = [...(input['MessageSystemAttributeNames'] ?? []), ...(input['AttributeNames'] ?? [])];
    if (messages.length === 0) return {};
    return { Messages: messages.map((message) => receiveView(message, names, input['MessageAttributeNames'] ?? [])) };
  },
  DeleteMessage: (input, scope) => single(queueOf(input, scope).delete([input['ReceiptHandle']])),
  DeleteMessageBatch: (input, scope) => {
    const entries = batchEntries(input);
    const results = queueOf(input, scope).delete(entries.map(({ ReceiptHandle }) => ReceiptHandle));
    return batchView(entries, results, () => ({}));
  },
  ChangeMessageVisibility: (input, scope) => single(queueOf(input, scope).changeVisibility([visibilityChange(input)])),
  ChangeMessageVisibilityBatch: (input, scope) => {
    const entries = batchEntries(input);
    return batchView(entries, queueOf(input, scope).changeVisibility(entries.map(visibilityChange)), () => ({}));
  },
  GetQueueUrl: (input, scope) => ({ QueueUrl: named(input['QueueName'], scope).settings.url }),
  GetQueueAttributes: (input, scope) => {
    const queue = queueOf(input, scope);
    const { visible, inFlight, delayed } = queue.counts();
    const all: Record<string, string> = {
      ...describeSettings(queue.settings),
      ApproximateNumberOfMessages: String(visible),
      ApproximateNumberOfMessagesNotVisible: String(inFlight),
      ApproximateNumberOfMessagesDelayed: String(delayed),
    };
    const names: string[] = input['AttributeNames'] ?? [];
    if (names.includes('All')) return { Attributes: all };
    return { Attributes: Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name))) };
  },
  ListQueues: (input, scope) => ({
    QueueUrls: [...scope.queues()]
      .filter(({ settings }) => settings.name.startsWith(input['QueueNamePrefix'] ?? ''))
      .map(({ settings }) => settings.url),
  }),
  ListDeadLetterSourceQueues: (input, scope) => {
    const { arn } = queueOf(input, scope).settings;
    const sources = [...scope.queues()].filter(({ settings }) => settings.redrive?.deadLetterTargetArn === arn);
    return { queueUrls: sources.map(({ settings }) => settings.url) };
  },
  PurgeQueue: (input, scope) => {
    queueOf(input, scope).purge();
    return {};
  },
  StartMessageMoveTask: (input, scope) => ({ TaskHandle: scope.moves.start(input).TaskHandle }),
  ListMessageMoveTasks: (input, scope) => ({ Results: scope.moves.list(input['SourceArn'], input['MaxResults']) }),
  CancelMessageMoveTask: (input, scope) => {
    const { ApproximateNumberOfMessagesMoved } = scope.moves.cancel(input['TaskHandle']);
    return { ApproximateNumberOfMessagesMoved };
  },
};

/** The operations over the queues of one platform. */
export function bindOperations(scope: ApiScope): Record<string, (input: Input) => object | Promise<object>> {
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [name, (input: Input) => operation(input, scope)]),
  );
}

function queueOf(input: Input, scope: ApiScope): Queue {
  if (typeof input['QueueUrl'] !== 'string')
    throw new AwsError('MissingParameter', 'The request must contain the parameter QueueUrl.');
  return named(input['QueueUrl'].split('/').at(-1)!, scope);
}

function named(name: string, scope: ApiScope): Queue {
  const queue = scope.queueByName(name);
  if (queue === undefined) throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
  return queue;
}

function sendEntry(input: Input): SendEntry {
  return {
    body: input['MessageBody'],
    attributes: input['MessageAttributes'],
    delaySeconds: input['DelaySeconds'],
    groupId: input['MessageGroupId'],
    deduplicationId: input['MessageDeduplicationId'],
    traceHeader: input['MessageSystemAttributes']?.['AWSTraceHeader']?.['StringValue'],
  };
}

function sendView({ messageId, md5OfBody, md5OfAttributes, sequenceNumber }: SendResult): object {
  return {
    MessageId: messageId,
    MD5OfMessageBody: md5OfBody,
    ...(md5OfAttributes !== undefined && { MD5OfMessageAttributes: md5OfAttributes }),
    ...(sequenceNumber !== undefined && { SequenceNumber: sequenceNumber }),
  };
}

function visibilityChange(input: Input): { receiptHandle: string; timeoutMs: number } {
  return {
    receiptHandle: input['ReceiptHandle'],
    timeoutMs: range(input, 'VisibilityTimeout', Number.NaN, 0, 43_200) * 1000,
  };
}

function batchEntries(input: Input): Input[] {
  const entries: Input[] = input['Entries'] ?? [];
  if (entries.length === 0)
    throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (entries.length > 10)
    throw new AwsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are 10. You have sent ${entries.length}.`,
    );
  for (const { Id } of entries)
    if (!/^[\w-]{1,80}$/.test(Id ?? ''))
      throw new AwsError(
        'InvalidBatchEntryId',
        'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
      );
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length)
    throw new AwsError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
  return entries;
}

function batchView<T extends object>(
  entries: Input[],
  results: (T | AwsError | undefined)[],
  view: (result: T) => object,
): object {
  const Successful: object[] = [];
  const Failed: object[] = [];
  entries.forEach(({ Id }, index) => {
    const result = results[index];
    if (result instanceof AwsError) Failed.push({ Id, SenderFault: true, Code: result.code, Message: result.message });
    else Successful.push({ Id, ...(result && view(result)) });
  });
  return { Successful, Failed };
}

function single([error]: (AwsError | undefined)[]): object {
  if (error !== undefined) throw error;
  return {};
}

function range(input: Input, name: string, fallback: number, minimum: number, maximum: number): number {
  const value = input[name] ?? fallback;
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return value;
  throw invalid(
    `Value ${value} for parameter ${name} is invalid. Reason: Must be between ${minimum} and ${maximum}, if provided.`,
  );
}
