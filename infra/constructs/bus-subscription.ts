/** Carries events of some types from the bus into a queue; what EventBridge cannot deliver lands among its dead letters. */
import { CfnRule, type IEventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { allowSending, type WorkQueue } from './work-queue.ts';

export interface BusSubscriptionProps {
  bus: IEventBus;
  /** Event types, or patterns with one `*` at the end, or `*`. */
  events: readonly string[];
  target: WorkQueue;
  description: string;
}

export class BusSubscription extends Construct {
  constructor(scope: Construct, id: string, { bus, events, target, description }: BusSubscriptionProps) {
    super(scope, id);
    const rule = new CfnRule(this, 'Rule', {
      description,
      eventBusName: bus.eventBusName,
      eventPattern: { 'detail-type': events.map(toMatcher) },
      targets: [
        {
          id: 'queue',
          arn: target.queue.queueArn,
          deadLetterConfig: { arn: target.deadLetters.queueArn },
        },
      ],
    });
    for (const queue of [target.queue, target.deadLetters]) allowSending(queue, 'events.amazonaws.com', rule.attrArn);
  }
}

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
function toMatcher(pattern: string): string | { prefix: string } {
  if (!pattern.includes('*')) return pattern;
  if (pattern.indexOf('*') !== pattern.length - 1)
    throw new Error(`The event pattern "${pattern}" is not supported: one "*" may stand at the end.`);
  return { prefix: pattern.slice(0, -1) };
}
