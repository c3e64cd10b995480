/** An `AWS::Pipes::Pipe` with its defaults and limits. @see EventBridge Pipes API Reference, CreatePipe */
import { ConfigurationError } from '../../runtime/types.ts';
import type { RetryLimits } from '../event-sources/batch-retry.ts';
import { compileFilter } from '../event-sources/record-filter.ts';
import type { Matcher } from '../eventbridge/pattern.ts';
import type { PipeIdentity } from './pipe-event.ts';

export interface PipeSettings {
  identity: PipeIdentity;
  running: boolean;
  matches: Matcher;
  /** Undefined: the source's default, or what the target takes at most. */
  batchSize: number | undefined;
  windowMs: number;
  startingPosition: 'TRIM_HORIZON' | 'LATEST';
  parallelizationFactor: number;
  limits: RetryLimits;
  deadLetterArn: string | undefined;
  enrichmentTemplate: string | undefined;
  targetParameters: Record<string, any> | undefined;
}

const KNOWN = [
  ...[
    'Name',
    'Description',
    'DesiredState',
    'Source',
    'SourceParameters',
    'Enrichment',
    'EnrichmentParameters',
    'Target',
  ],
  ...['TargetParameters', 'RoleArn', 'LogConfiguration', 'KmsKeyIdentifier', 'Tags'],
];
const SOURCE_KNOWN = ['FilterCriteria', 'DynamoDBStreamParameters', 'SqsQueueParameters'];
const TARGET_KNOWN = [
  ...['InputTemplate', 'EventBridgeEventBusParameters', 'SqsQueueParameters', 'LambdaFunctionParameters'],
  'CloudWatchLogsParameters',
];

export function readPipe(name: string, arn: string, properties: Record<string, any>): PipeSettings {
  const refuse = (reason: string): never => {
    throw new ConfigurationError(`Pipe ${name}: ${reason}`);
  };
  const check = (given: object, known: string[]) => {
    for (const property of Object.keys(given))
      if (!known.includes(property)) refuse(`the local runtime does not know the property ${property}.`);
  };
  const sourceParameters = properties['SourceParameters'] ?? {};
  check(properties, KNOWN);
  check(sourceParameters, SOURCE_KNOWN);
  check(properties['TargetParameters'] ?? {}, TARGET_KNOWN);
  const sourceArn = String(properties['Source'] ?? '');
  const enrichmentArn = properties['Enrichment'] as string | undefined;
  const isQueue = sourceArn.startsWith('arn:aws:sqs:');
  if (!isQueue && !/^arn:aws:dynamodb:.*\/stream\//.test(sourceArn))
    refuse(`the local runtime reads queues and table streams, not "${sourceArn}".`);
  if (enrichmentArn !== undefined && !enrichmentArn.startsWith('arn:aws:lambda:'))
    refuse(`the local runtime enriches by functions, not by "${enrichmentArn}".`);
  const source = sourceParameters[isQueue ? 'SqsQueueParameters' : 'DynamoDBStreamParameters'] ?? {};
  const number = (property: string, fallback: number, minimum: number, maximum: number): number => {
    const value = Number(source[property] ?? fallback);
    if (Number.isInteger(value) && value >= minimum && value <= maximum) return value;
    return refuse(`${property} is ${source[property]}, it must be from ${minimum} to ${maximum}.`);
  };
  if (!isQueue && !['TRIM_HORIZON', 'LATEST'].includes(source['StartingPosition']))
    refuse('DynamoDBStreamParameters.StartingPosition must be TRIM_HORIZON or LATEST.');
  const ageSeconds = number('MaximumRecordAgeInSeconds', -1, -1, 604_800);
  const fifo = sourceArn.endsWith('.fifo');
  return {
    identity: { name, arn, sourceArn, enrichmentArn, targetArn: String(properties['Target'] ?? '') },
    running: properties['DesiredState'] !== 'STOPPED',
    matches: compileFilter(sourceParameters['FilterCriteria'], `Pipe ${name}`),
    batchSize: source['BatchSize'] === undefined ? undefined : number('BatchSize', 10, 1, fifo ? 10 : 10_000),
    windowMs: number('MaximumBatchingWindowInSeconds', 0, 0, fifo ? 0 : 300) * 1000,
    startingPosition: source['StartingPosition'],
    parallelizationFactor: number('ParallelizationFactor', 1, 1, 10),
    limits: {
      maximumRetryAttempts: number('MaximumRetryAttempts', -1, -1, 10_000),
      maximumRecordAgeMs: ageSeconds < 0 ? -1 : ageSeconds * 1000,
      bisects: source['OnPartialBatchItemFailure'] === 'AUTOMATIC_BISECT',
    },
    deadLetterArn: source['DeadLetterConfig']?.['Arn'],
    enrichmentTemplate: properties['EnrichmentParameters']?.['InputTemplate'],
    targetParameters: properties['TargetParameters'],
  };
}
