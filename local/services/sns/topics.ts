/**
 * Topics, their subscriptions, and what a published message becomes for each of them.
 * @see Amazon SNS Developer Guide, "Message delivery", "Raw message delivery", "Message filtering"
 */
import { randomUUID } from 'node:crypto';
import { AwsError, type RuntimeContext } from '../../runtime/types.ts';
import { DeliveryQueue } from '../eventbridge/delivery-queue.ts';
import type { MessageAttributes } from '../sqs/message.ts';
import type { Subscription } from './subscription.ts';

export interface Publication {
  message: string;
  subject?: string | undefined;
  attributes?: MessageAttributes | undefined;
  /** `json`: the message is an object with a text per protocol. */
  structure?: string | undefined;
}

export interface Topic {
  name: string;
  arn: string;
  subscriptions: Subscription[];
}

const MAX_MESSAGE_BYTES = 256 * 1024;
const BILLED_CHUNK_BYTES = 64 * 1024;
/** "Message delivery retries" to queues and functions: 100,015 attempts over 23 days. */
const RETRIES = { maximumRetryAttempts: 100_015, maximumEventAgeMs: 23 * 86_400_000 };

export class Topics {
  readonly #ctx: RuntimeContext;
  readonly #topics = new Map<string, Topic>();
  readonly deliveries: DeliveryQueue;

  constructor(ctx: RuntimeContext) {
    this.#ctx = ctx;
    this.deliveries = new DeliveryQueue(ctx, 'sns');
  }

  add(name: string): Topic {
    const topic: Topic = {
      name,
      arn: `arn:aws:sns:${this.#ctx.region}:${this.#ctx.accountId}:${name}`,
      subscriptions: [],
    };
    this.#topics.set(topic.arn, topic);
    return topic;
  }

  get(arn: string): Topic {
    const topic = this.#topics.get(arn);
    if (topic === undefined) throw new AwsError('NotFound', 'Topic does not exist', 404);
    return topic;
  }

  all(): Topic[] {
    return [...this.#topics.values()];
  }

  /** Hands a message to every subscription whose filter it passes. @returns the message id */
  publish(topic: Topic, publication: Publication): string {
    const bytes = check(publication);
    this.#ctx.meter.count('sns.publishPerMillion64KB', Math.max(1, Math.ceil(bytes / BILLED_CHUNK_BYTES)));
    const messageId = randomUUID();
    const texts = readStructure(publication);
    for (const subscription of topic.subscriptions) {
      if (!subscription.accepts(publication)) continue;
      const message = texts[subscription.protocol] ?? texts['default']!;
      this.#deliver(topic, subscription, { ...publication, message }, messageId);
    }
    return messageId;
  }

  #deliver(topic: Topic, subscription: Subscription, publication: Publication, messageId: string): void {
    const { protocol, endpoint } = subscription;
    if (protocol === 'email' || protocol === 'email-json') {
      this.#ctx.log.info(`Topic ${topic.name}: e-mail to ${endpoint}`, {
        subject: publication.subject,
        message: publication.message,
      });
      return;
    }
    const isRaw = protocol === 'sqs' && subscription.isRaw;
    this.deliveries.submit({
      target: {
        arn: endpoint,
        caller: { service: 'sns.amazonaws.com', sourceArn: topic.arn },
        payload: isRaw ? publication.message : this.#envelope(topic, subscription, publication, messageId),
        parameters: isRaw && publication.attributes !== undefined ? { messageAttributes: publication.attributes } : {},
      },
      ...RETRIES,
      deadLetterArn: subscription.deadLetterArn,
      origin: { SUBSCRIPTION_ARN: subscription.arn },
    });
  }

  /** "Parsing message formats": without the signature, which only Amazon's key can make. */
  #envelope(topic: Topic, subscription: Subscription, publication: Publication, messageId: string): string {
    const { message, subject, attributes } = publication;
    const notification = {
      ...{ Type: 'Notification', MessageId: messageId, TopicArn: topic.arn },
      ...(subject !== undefined && { Subject: subject }),
      ...{ Message: message, Timestamp: new Date(this.#ctx.clock.now()).toISOString() },
      ...(attributes !== undefined && {
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
            name,
            { Type: DataType, Value: StringValue ?? BinaryValue },
          ]),
        ),
      }),
    };
    if (subscription.protocol === 'sqs') return JSON.stringify(notification);
    return JSON.stringify({
      Records: [
        {
          ...{ EventVersion: '1.0', EventSubscriptionArn: subscription.arn, EventSource: 'aws:sns' },
          Sns: { Subject: null, MessageAttributes: {}, ...notification },
        },
      ],
    });
  }
}

function check({ message, subject, attributes = {} }: Publication): number {
  if (typeof message !== 'string' || message === '')
    throw new AwsError('InvalidParameter', 'Invalid parameter: Empty message');
  if (subject !== undefined && !/^[\x20-\x7e]{1,100}$/.test(subject))
    throw new AwsError('InvalidParameter', 'Invalid parameter: Subject');
  const bytes = Object.entries(attributes).reduce(
    (sum, [name, { DataType, StringValue = '', BinaryValue = '' }]) =>
      sum + Buffer.byteLength(name + DataType + StringValue + BinaryValue),
    Buffer.byteLength(message),
  );
  if (bytes > MAX_MESSAGE_BYTES) throw new AwsError('InvalidParameter', 'Invalid parameter: Message too long');
  return bytes;
}

/** Texts by protocol, `default` for the others. */
function readStructure({ message, structure }: Publication): Record<string, string> {
  if (structure === undefined) return { default: message };
  if (structure !== 'json') throw new AwsError('InvalidParameter', 'Invalid parameter: MessageStructure');
  let texts: unknown;
  try {
    texts = JSON.parse(message);
  } catch {
    texts = undefined;
  }
  if (typeof texts !== 'object' || texts === null || typeof (texts as { default?: unknown }).default !== 'string')
    throw new AwsError(
      'InvalidParameter',
      'Invalid parameter: Message Structure - No default entry in JSON message body',
    );
  return texts as Record<string, string>;
}
