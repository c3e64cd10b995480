/**
 * A queue with what makes it safe to rely on: a dead-letter queue, TLS only, and alarms on both. A message is kept four
 * days waiting and fourteen days dead, which leaves ten to redrive it after the last attempt.
 */
import { Duration } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { QueueSpec } from '../../layers/kernel/domain/manifest.ts';
import { accept } from './nag.ts';
import { RunbookAlarm } from './runbook-alarm.ts';

export interface WorkQueueProps {
  /** Physical name; the dead-letter queue adds `-dlq`. */
  name: string;
  spec: QueueSpec;
  /** Of the function that consumes the queue. */
  timeoutSeconds: number;
  /** @default 0 */
  batchWindowSeconds?: number;
  alarmTopic: ITopic;
  /** What waits in it, for alarms. */
  purpose: string;
  /** Whether devices fill it: the alarm then comes early. @default false */
  isIngest?: boolean;
  /** Whether functions send to it: messages may then be delayed by SQS's 15 minutes on purpose. @default false */
  isSentTo?: boolean;
}

const defaultMaxReceiveCount = 5;
const alarmAgeSeconds = { ingest: 60, subscription: 900, sentTo: 1800 };

export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly name: string;
  readonly deadLettersName: string;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    const { name, spec, alarmTopic, purpose, isIngest = false, isSentTo = false } = props;
    this.name = name;
    this.deadLettersName = `${name}-dlq`;
    this.deadLetters = deadLetterQueue(this, 'DeadLetters', this.deadLettersName, alarmTopic, purpose);
    this.queue = new Queue(this, 'Queue', {
      queueName: name,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(4),
      visibilityTimeout: Duration.seconds(spec.visibilityTimeoutSeconds ?? visibilitySeconds(props)),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: spec.maxReceiveCount ?? defaultMaxReceiveCount },
    });
    new RunbookAlarm(this, 'Age', {
      metric: this.queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum', period: Duration.minutes(1) }),
      threshold: spec.alarmAgeSeconds ?? alarmAgeSeconds[isIngest ? 'ingest' : isSentTo ? 'sentTo' : 'subscription'],
      periods: 3,
      description: `${purpose}: messages wait too long in ${name}.`,
      runbook: isIngest ? 'ingest-lag' : 'queue-backlog',
      topic: alarmTopic,
    });
  }
}

/**
 * Six times the function's timeout plus the batching window, so that a message never comes again while it is being
 * worked on. @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
const visibilitySeconds = ({ timeoutSeconds, batchWindowSeconds = 0 }: WorkQueueProps): number =>
  6 * timeoutSeconds + batchWindowSeconds;

/** A queue for what could not be done, with an alarm as soon as it is not empty. */
export function deadLetterQueue(
  scope: Construct,
  id: string,
  name: string,
  alarmTopic: ITopic,
  purpose: string,
): Queue {
  const queue = new Queue(scope, id, {
    queueName: name,
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  accept(queue, 'SQS3', 'It is the dead-letter queue of others.');
  new RunbookAlarm(queue, 'NotEmpty', {
    metric: queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: Duration.minutes(1) }),
    threshold: 1,
    description: `${purpose}: ${name} holds messages that failed for good.`,
    runbook: 'dead-letters',
    topic: alarmTopic,
  });
  return queue;
}

/** Lets one AWS service put messages in, on behalf of one rule or schedule of ours. */
export function allowSending(queue: Queue, service: string, sourceArn: string): void {
  queue.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal(service)],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': sourceArn } },
    }),
  );
}
