/**
 * A queue's attributes, read from `AWS::SQS::Queue` with the defaults and limits of the API Reference
 * (CreateQueue, "Attributes") and written back by GetQueueAttributes.
 */
import { ConfigurationError } from '../../runtime/types.ts';
import { MAX_MESSAGE_BYTES } from './message.ts';

export interface QueueSettings {
  name: string;
  arn: string;
  url: string;
  fifo: boolean;
  visibilityTimeoutSeconds: number;
  delaySeconds: number;
  retentionSeconds: number;
  maximumMessageBytes: number;
  waitSeconds: number;
  contentBasedDeduplication: boolean;
  /** `messageGroup` lets two groups use the same deduplication id. */
  deduplicationScope: 'queue' | 'messageGroup';
  redrive: { deadLetterTargetArn: string; maxReceiveCount: number } | undefined;
}

type Address = Pick<QueueSettings, 'arn' | 'url'>;

const KNOWN = new Set([
  ...['QueueName', 'FifoQueue', 'VisibilityTimeout', 'DelaySeconds', 'MessageRetentionPeriod', 'MaximumMessageSize'],
  ...['ReceiveMessageWaitTimeSeconds', 'ContentBasedDeduplication', 'DeduplicationScope', 'FifoThroughputLimit'],
  ...['RedrivePolicy', 'RedriveAllowPolicy', 'KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds', 'SqsManagedSseEnabled'],
  'Tags',
]);

export function readQueueSettings(name: string, properties: Record<string, any>, address: Address): QueueSettings {
  const refuse = (reason: string): never => {
    throw new ConfigurationError(`Queue ${name}: ${reason}`);
  };
  for (const property of Object.keys(properties))
    if (!KNOWN.has(property)) refuse(`the local runtime does not know the property ${property}.`);
  const number = (property: string, fallback: number, minimum: number, maximum: number): number => {
    const value = Number(properties[property] ?? fallback);
    if (Number.isInteger(value) && value >= minimum && value <= maximum) return value;
    return refuse(`${property} is ${properties[property]}, it must be from ${minimum} to ${maximum}.`);
  };
  const flag = (property: string) => String(properties[property] ?? false) === 'true';
  const fifo = flag('FifoQueue');
  if (fifo !== name.endsWith('.fifo')) refuse('the name of a FIFO queue, and only of one, ends in ".fifo".');
  if (!fifo && flag('ContentBasedDeduplication')) refuse('ContentBasedDeduplication is for FIFO queues.');
  return {
    name,
    ...address,
    fifo,
    visibilityTimeoutSeconds: number('VisibilityTimeout', 30, 0, 43_200),
    delaySeconds: number('DelaySeconds', 0, 0, 900),
    retentionSeconds: number('MessageRetentionPeriod', 345_600, 60, 1_209_600),
    maximumMessageBytes: number('MaximumMessageSize', MAX_MESSAGE_BYTES, 1024, MAX_MESSAGE_BYTES),
    waitSeconds: number('ReceiveMessageWaitTimeSeconds', 0, 0, 20),
    contentBasedDeduplication: flag('ContentBasedDeduplication'),
    deduplicationScope: properties['DeduplicationScope'] === 'messageGroup' ? 'messageGroup' : 'queue',
    redrive: readRedrive(properties['RedrivePolicy'], fifo, refuse),
  };
}

function readRedrive(value: unknown, fifo: boolean, refuse: (reason: string) => never): QueueSettings['redrive'] {
  if (value === undefined || value === null) return undefined;
  const policy = (typeof value === 'string' ? JSON.parse(value) : value) as Record<string, unknown>;
  const deadLetterTargetArn = policy['deadLetterTargetArn'];
  const maxReceiveCount = Number(policy['maxReceiveCount'] ?? 10);
  if (typeof deadLetterTargetArn !== 'string') return refuse('RedrivePolicy needs a deadLetterTargetArn.');
  if (!(Number.isInteger(maxReceiveCount) && maxReceiveCount >= 1 && maxReceiveCount <= 1000))
    return refuse(`maxReceiveCount is ${policy['maxReceiveCount']}, it must be from 1 to 1000.`);
  if (fifo !== deadLetterTargetArn.endsWith('.fifo'))
    return refuse('the dead-letter queue of a FIFO queue must be FIFO, of a standard queue standard.');
  return { deadLetterTargetArn, maxReceiveCount };
}

/** Attribute names and string values as GetQueueAttributes answers them. */
export function describeSettings(settings: QueueSettings): Record<string, string> {
  return {
    QueueArn: settings.arn,
    VisibilityTimeout: String(settings.visibilityTimeoutSeconds),
    DelaySeconds: String(settings.delaySeconds),
    MessageRetentionPeriod: String(settings.retentionSeconds),
    MaximumMessageSize: String(settings.maximumMessageBytes),
    ReceiveMessageWaitTimeSeconds: String(settings.waitSeconds),
    ...(settings.fifo && {
      FifoQueue: 'true',
      ContentBasedDeduplication: String(settings.contentBasedDeduplication),
      DeduplicationScope: settings.deduplicationScope,
    }),
    ...(settings.redrive && { RedrivePolicy: JSON.stringify(settings.redrive) }),
  };
}
