/** Invokes a function at set times; a run that cannot be started is kept, and an alarm tells. */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { serviceRole } from './service-role.ts';

export interface FunctionScheduleProps {
  /** `rate(1 minute)`, `cron(0 3 * * ? *)`, UTC. */
  schedule: string;
  lambda: IFunction;
  /** Gets invocations that Scheduler could not make. */
  deadLetters: IQueue;
  description: string;
}

export class FunctionSchedule extends Construct {
  constructor(scope: Construct, id: string, { schedule, lambda, deadLetters, description }: FunctionScheduleProps) {
    super(scope, id);
    const role = serviceRole(
      this,
      'Role',
      'scheduler.amazonaws.com',
      [
        new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [lambda.functionArn] }),
        new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] }),
      ],
      `Invokes on schedule: ${description}`,
    );
    new CfnSchedule(this, 'Schedule', {
      description,
      scheduleExpression: schedule,
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: lambda.functionArn,
        roleArn: role.roleArn,
        deadLetterConfig: { arn: deadLetters.queueArn },
        // A run that is an hour late is of no use: the next ones cover it.
        retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 5 },
      },
    });
  }
}
