/**
 * The one port to dead-letter queues: finds those of this stage, counts, looks into and empties them back to where their
 * messages came from. SQS itself does the moving.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
 */
import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import { queuePrefix } from '../../../layers/kernel/config/resource-names.ts';
import { AppError, notFound } from '../../../layers/kernel/errors/app-error.ts';

export interface DeadLetterQueue {
  name: string;
  url: string;
  arn: string;
  /** Messages that wait, and those somebody is looking at. */
  messages: number;
  inFlight: number;
  /** Queues whose messages end here. */
  sources: string[];
}

export interface MoveTask {
  status: 'running' | 'completed' | 'cancelled' | 'cancelling' | 'failed';
  moved: number;
  toMove: number | null;
  startedAt: string;
  failureReason: string | null;
  /** Of a running task. */
  handle: string | undefined;
}

const suffix = '-dlq';
const maxQueues = 1000;
const parallel = 10;

/** Loaded with the first question, so that no cold start waits for it. */
const loadSdk = () => import('@aws-sdk/client-sqs');
let client: SQSClient | undefined;

async function open() {
  const sdk = await loadSdk();
  client ??= new sdk.SQSClient({});
  return { sdk, sqs: client };
}

/** By name, without the prefix of the stage and without `-dlq`. */
export async function listDeadLetterQueues(): Promise<DeadLetterQueue[]> {
  const { sdk, sqs } = await open();
  const { QueueUrls = [] } = await sqs.send(
    new sdk.ListQueuesCommand({ QueueNamePrefix: queuePrefix(), MaxResults: maxQueues }),
  );
  const urls = QueueUrls.filter((url) => url.endsWith(suffix));
  const queues: DeadLetterQueue[] = [];
  for (let start = 0; start < urls.length; start += parallel)
    queues.push(...(await Promise.all(urls.slice(start, start + parallel).map(describe))));
  return queues.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @throws AppError `not_found`: a name leads to dead-letter queues of this stage and to no other queue */
export async function requireQueue(name: string): Promise<DeadLetterQueue> {
  const { sdk, sqs } = await open();
  try {
    const { QueueUrl } = await sqs.send(new sdk.GetQueueUrlCommand({ QueueName: `${queuePrefix()}${name}${suffix}` }));
    return await describe(QueueUrl!);
  } catch (error) {
    if (isMissing(error)) throw notFound('dead-letter queue', name);
    throw error;
  }
}

const isMissing = (error: unknown): boolean =>
  /QueueDoesNotExist|NonExistentQueue/.test(String((error as Error | undefined)?.name));

async function describe(url: string): Promise<DeadLetterQueue> {
  const { sdk, sqs } = await open();
  const [{ Attributes = {} }, { queueUrls = [] }] = await Promise.all([
    sqs.send(
      new sdk.GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: ['QueueArn', 'ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    ),
    sqs.send(new sdk.ListDeadLetterSourceQueuesCommand({ QueueUrl: url })),
  ]);
  return {
    name: nameOf(url).slice(queuePrefix().length, -suffix.length),
    url,
    arn: Attributes['QueueArn']!,
    messages: Number(Attributes['ApproximateNumberOfMessages'] ?? 0),
    inFlight: Number(Attributes['ApproximateNumberOfMessagesNotVisible'] ?? 0),
    sources: queueUrls.map(nameOf),
  };
}

const nameOf = (url: string): string => url.slice(url.lastIndexOf('/') + 1);

/** Looks without taking: the messages are visible to everybody again at once. SQS gives ten at most, in no order. */
export async function peekMessages({ url }: DeadLetterQueue, limit: number): Promise<Message[]> {
  const { sdk, sqs } = await open();
  const { Messages = [] } = await sqs.send(
    new sdk.ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: limit,
      VisibilityTimeout: 0,
      MessageSystemAttributeNames: ['SentTimestamp', 'ApproximateReceiveCount'],
      MessageAttributeNames: ['All'],
    }),
  );
  return Messages;
}

/** @throws AppError `conflict` while another task runs on the queue, or when nothing says where its messages belong */
export async function startMove({ arn, sources }: DeadLetterQueue, perSecond: number | undefined): Promise<void> {
  const [source, ...others] = sources;
  if (source === undefined)
    throw new AppError('conflict', undefined, {
      texts: {
        en: 'No queue leads here: what is in it came from a schedule or a stream and cannot be sent back.',
        ar: 'لا يوجد طابور مصدر: الرسائل جاءت من جدول زمني أو من تدفق ولا يمكن إعادتها.',
      },
    });
  const { sdk, sqs } = await open();
  // What EventBridge or IoT put there itself never was in the source, so the one destination is named.
  const destination = others.length > 0 ? {} : { DestinationArn: arn.slice(0, arn.lastIndexOf(':') + 1) + source };
  const rate = perSecond === undefined ? {} : { MaxNumberOfMessagesPerSecond: perSecond };
  try {
    await sqs.send(new sdk.StartMessageMoveTaskCommand({ SourceArn: arn, ...destination, ...rate }));
  } catch (error) {
    if (/already a task running/i.test(String((error as Error).message)))
      throw new AppError('conflict', undefined, {
        texts: {
          en: 'Messages of this queue are being sent round already.',
          ar: 'رسائل هذا الطابور قيد الإعادة بالفعل.',
        },
        cause: error,
      });
    throw error;
  }
}

/** The newest tasks of the queue. */
export async function listMoves({ arn }: DeadLetterQueue): Promise<MoveTask[]> {
  const { sdk, sqs } = await open();
  const { Results = [] } = await sqs.send(new sdk.ListMessageMoveTasksCommand({ SourceArn: arn, MaxResults: 10 }));
  return Results.map((task) => ({
    status: String(task.Status).toLowerCase() as MoveTask['status'],
    moved: task.ApproximateNumberOfMessagesMoved ?? 0,
    toMove: task.ApproximateNumberOfMessagesToMove ?? null,
    startedAt: new Date(task.StartedTimestamp ?? 0).toISOString(),
    failureReason: task.FailureReason ?? null,
    handle: task.TaskHandle,
  }));
}

export async function cancelMove(handle: string): Promise<void> {
  const { sdk, sqs } = await open();
  await sqs.send(new sdk.CancelMessageMoveTaskCommand({ TaskHandle: handle }));
}
