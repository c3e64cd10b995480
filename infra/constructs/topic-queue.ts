/** Carries MQTT messages into a queue; what the rule cannot put there goes to the queue's dead letters with the reason. */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnTopicRule } from 'aws-cdk-lib/aws-iot';
import { Construct } from 'constructs';
import { serviceRole } from './service-role.ts';
import type { WorkQueue } from './work-queue.ts';

export interface TopicQueueProps {
  ruleName: string;
  /** AWS IoT SQL. */
  sql: string;
  target: WorkQueue;
}

const sqlVersion = '2016-03-23';

export class TopicQueue extends Construct {
  constructor(scope: Construct, id: string, { ruleName, sql, target }: TopicQueueProps) {
    super(scope, id);
    const queues = [target.queue, target.deadLetters];
    const role = serviceRole(
      this,
      'Role',
      'iot.amazonaws.com',
      [new PolicyStatement({ actions: ['sqs:SendMessage'], resources: queues.map(({ queueArn }) => queueArn) })],
      `Lets the topic rule ${ruleName} fill its queue.`,
    );
    const [action, errorAction] = queues.map(({ queueUrl }) => ({
      sqs: { queueUrl, roleArn: role.roleArn, useBase64: false },
    }));
    new CfnTopicRule(this, 'Rule', {
      ruleName,
      topicRulePayload: {
        sql,
        awsIotSqlVersion: sqlVersion,
        actions: [action!],
        errorAction: errorAction!,
        ruleDisabled: false,
      },
    });
  }
}
