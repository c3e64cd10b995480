/**
 * The metrics SQS keeps of a queue.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
import type { ServiceMetrics } from '../../runtime/service-metrics.ts';
import type { Queue } from './queue.ts';

/** Messages of one queue, counted by what happened to them. */
export type QueueCounter = 'NumberOfMessagesSent' | 'NumberOfMessagesReceived' | 'NumberOfMessagesDeleted';

export type CountMessages = (counter: QueueCounter, messages: number) => void;

export function messageCounter(metrics: ServiceMetrics, queueName: string): CountMessages {
  const dimensions = { QueueName: queueName };
  return (counter, messages) => metrics.count(counter, dimensions, messages);
}

/** Lengths and age of every queue, once a minute. */
export function sampleQueues(metrics: ServiceMetrics, queues: () => Iterable<Queue>, now: () => number): void {
  const dimensions = new Map<string, { QueueName: string }>();
  const of = (name: string): { QueueName: string } => {
    const known = dimensions.get(name) ?? { QueueName: name };
    dimensions.set(name, known);
    return known;
  };
  metrics.eachMinute(() => {
    for (const queue of queues()) {
      const queueName = of(queue.settings.name);
      const { visible, inFlight, delayed } = queue.counts();
      const oldest = queue.oldestSince();
      metrics.count('ApproximateNumberOfMessagesVisible', queueName, visible);
      metrics.count('ApproximateNumberOfMessagesNotVisible', queueName, inFlight);
      metrics.count('ApproximateNumberOfMessagesDelayed', queueName, delayed);
      const age = oldest === undefined ? 0 : Math.max(0, Math.floor((now() - oldest) / 1000));
      metrics.count('ApproximateAgeOfOldestMessage', queueName, age);
    }
  });
}
