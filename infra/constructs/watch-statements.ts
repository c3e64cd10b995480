/**
 * What those who look after the installation may do: read metrics, search logs, look into dead letters and send them round
 * again. These cross domains, so they are named by the prefix of the stage; no other stage of the account is touched.
 */
import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Access } from '../../layers/kernel/domain/manifest.ts';
import type { StageConfig } from '../config/stage-config.ts';
import { logGroupName, stackName } from '../naming.ts';

type Watching = Pick<Access, 'metrics' | 'logs' | 'deadLetters'>;

/** A move reads and deletes what it moves. @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html */
const deadLetterActions = [
  'GetQueueUrl',
  'GetQueueAttributes',
  'ListDeadLetterSourceQueues',
  'ReceiveMessage',
  'DeleteMessage',
  'StartMessageMoveTask',
  'ListMessageMoveTasks',
  'CancelMessageMoveTask',
];

export function watchStatements({ metrics, logs, deadLetters }: Watching, stage: StageConfig): PolicyStatement[] {
  return [
    ...(metrics ? [allow(['cloudwatch:GetMetricData'], '*')] : []),
    ...(logs
      ? [allow(['logs:StartQuery'], logGroups(stage)), allow(['logs:GetQueryResults', 'logs:StopQuery'], '*')]
      : []),
    ...(deadLetters
      ? [
          allow(['sqs:ListQueues'], '*'),
          allow(
            deadLetterActions.map((action) => `sqs:${action}`),
            queues(stage, '-dlq'),
          ),
          allow(['sqs:SendMessage'], queues(stage)),
        ]
      : []),
  ];
}

/** Why the wildcards above are as narrow as they can be. */
export function acceptedWatchWildcards(
  { metrics, logs, deadLetters }: Watching,
  stage: StageConfig,
): { resource: string; reason: string }[] {
  return [
    ...(metrics || logs || deadLetters
      ? [{ resource: '*', reason: 'Metrics, running queries and listing queues are no resources of IAM.' }]
      : []),
    ...(logs ? [{ resource: logGroups(stage), reason: 'A search goes over all functions of the stage.' }] : []),
    ...(deadLetters
      ? [
          { resource: queues(stage, '-dlq'), reason: 'Dead-letter queues of all domains of the stage.' },
          { resource: queues(stage), reason: 'Dead letters go back to whichever queue they came from.' },
        ]
      : []),
  ];
}

const allow = (actions: string[], resource: string): PolicyStatement =>
  new PolicyStatement({ actions, resources: [resource] });

const logGroups = (stage: StageConfig): string =>
  `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:${logGroupName(stackName(stage, '*'))}:*`;

const queues = (stage: StageConfig, suffix = ''): string =>
  `arn:${Aws.PARTITION}:sqs:${Aws.REGION}:${Aws.ACCOUNT_ID}:${stackName(stage, `*${suffix}`)}`;
