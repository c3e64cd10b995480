/** Feeds a function from a queue in batches; messages that the function reports come again, the others are done. */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnEventSourceMapping, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface QueueConsumerProps {
  queue: IQueue;
  lambda: IFunction;
  /** @default 10 */
  batchSize?: number;
  /** @default 0 */
  batchWindowSeconds?: number;
  /** @default as many as the account allows */
  maxConcurrency?: number;
}

export class QueueConsumer extends Construct {
  constructor(scope: Construct, id: string, props: QueueConsumerProps) {
    super(scope, id);
    const { queue, lambda, batchSize = 10, batchWindowSeconds = 0, maxConcurrency } = props;
    new CfnEventSourceMapping(this, 'Mapping', {
      eventSourceArn: queue.queueArn,
      functionName: lambda.functionName,
      batchSize,
      maximumBatchingWindowInSeconds: batchWindowSeconds,
      functionResponseTypes: ['ReportBatchItemFailures'],
      ...(maxConcurrency === undefined ? {} : { scalingConfig: { maximumConcurrency: maxConcurrency } }),
    });
  }
}

/** What the poller does with the function's role. @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
export const receiveFrom = (queue: IQueue): PolicyStatement =>
  new PolicyStatement({
    actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    resources: [queue.queueArn],
  });
