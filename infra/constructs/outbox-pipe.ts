/**
 * Carries outbox items from a table's stream to the bus. The pipe keeps the order of a shard and tries again until the
 * bus takes an event; only a batch that cannot be delivered for an hour is halved, and what remains set aside.
 */
import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnPipe } from 'aws-cdk-lib/aws-pipes';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { outboxFilter, outboxPaths, outboxTemplate } from '../../layers/kernel/events/outbox.ts';
import { acceptWildcard } from './nag.ts';
import { RunbookAlarm } from './runbook-alarm.ts';
import { serviceRole } from './service-role.ts';
import { deadLetterQueue } from './work-queue.ts';

export interface OutboxPipeProps {
  /** Physical name of the pipe; its dead-letter queue adds `-dlq`. */
  name: string;
  streamArn: string;
  bus: IEventBus;
  alarmTopic: ITopic;
}

export class OutboxPipe extends Construct {
  readonly pipeName: string;

  constructor(scope: Construct, id: string, { name, streamArn, bus, alarmTopic }: OutboxPipeProps) {
    super(scope, id);
    this.pipeName = name;
    const deadLetters = deadLetterQueue(
      this,
      'DeadLetters',
      `${name}-dlq`,
      alarmTopic,
      'Events on their way to the bus',
    );
    // Every action of the list in the documentation; ListStreams cannot be bound to one stream.
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html#pipes-perms-ddb
    const role = serviceRole(
      this,
      'Role',
      'pipes.amazonaws.com',
      [
        new PolicyStatement({
          actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
          resources: [streamArn],
        }),
        new PolicyStatement({ actions: ['dynamodb:ListStreams'], resources: ['*'] }),
        new PolicyStatement({ actions: ['events:PutEvents'], resources: [bus.eventBusArn] }),
        new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] }),
      ],
      `Lets the pipe ${name} carry outbox items to the bus.`,
    );
    acceptWildcard(role, '*', 'dynamodb:ListStreams knows no resources; it reads names, not data.');
    new CfnPipe(this, 'Pipe', {
      name,
      description: 'Outbox items of the table become events on the bus.',
      roleArn: role.roleArn,
      source: streamArn,
      sourceParameters: {
        dynamoDbStreamParameters: {
          startingPosition: 'TRIM_HORIZON',
          // PutEvents takes at most 10 entries.
          batchSize: 10,
          // Nearly as long as the stream keeps records: an event is given up only when it is about to be lost anyway.
          maximumRecordAgeInSeconds: 82_800,
          onPartialBatchItemFailure: 'AUTOMATIC_BISECT',
          deadLetterConfig: { arn: deadLetters.queueArn },
        },
        filterCriteria: { filters: [{ pattern: JSON.stringify(outboxFilter) }] },
      },
      target: bus.eventBusArn,
      targetParameters: { inputTemplate: outboxTemplate(), eventBridgeEventBusParameters: outboxPaths },
    });
    new RunbookAlarm(this, 'Failing', {
      metric: new Metric({
        namespace: 'AWS/EventBridge/Pipes',
        metricName: 'ExecutionFailed',
        dimensionsMap: { PipeName: name },
        statistic: 'Sum',
        period: Duration.minutes(5),
      }),
      threshold: 1,
      periods: 2,
      description: `The pipe ${name} fails to put events on the bus: subscribers and webhooks fall behind.`,
      runbook: 'outbox-pipe',
      topic: alarmTopic,
    });
  }
}
