/** An `AWS::Lambda::EventSourceMapping` with its defaults and limits. @see Lambda API Reference, CreateEventSourceMapping */
import { ConfigurationError } from '../../runtime/types.ts';
import type { Matcher } from '../eventbridge/pattern.ts';
import { compileFilter } from './record-filter.ts';

export interface MappingSettings {
  name: string;
  sourceArn: string;
  functionName: string;
  enabled: boolean;
  batchSize: number;
  windowMs: number;
  reportsItems: boolean;
  matches: Matcher;
  /** Invocations at a time for a queue. */
  maximumConcurrency: number;
  startingPosition: 'TRIM_HORIZON' | 'LATEST';
  parallelizationFactor: number;
  bisects: boolean;
  maximumRetryAttempts: number;
  maximumRecordAgeMs: number;
  onFailureArn: string | undefined;
}

const COMMON = [
  ...['BatchSize', 'Enabled', 'EventSourceArn', 'FilterCriteria', 'FunctionName', 'FunctionResponseTypes', 'KmsKeyArn'],
  ...['MaximumBatchingWindowInSeconds', 'MetricsConfig', 'Tags'],
];
const FOR_QUEUES = ['ScalingConfig'];
const FOR_STREAMS = [
  ...['BisectBatchOnFunctionError', 'DestinationConfig', 'MaximumRecordAgeInSeconds', 'MaximumRetryAttempts'],
  ...['ParallelizationFactor', 'StartingPosition'],
];
/** AWS scales further by itself; one machine should not, unless the mapping says so. */
const LOCAL_CONCURRENCY = 5;

export function readMapping(name: string, properties: Record<string, any>): MappingSettings {
  const refuse = (reason: string): never => {
    throw new ConfigurationError(`Event source mapping ${name}: ${reason}`);
  };
  const sourceArn = String(properties['EventSourceArn'] ?? '');
  const isQueue = sourceArn.startsWith('arn:aws:sqs:');
  if (!isQueue && !/^arn:aws:dynamodb:.*\/stream\//.test(sourceArn))
    refuse(`the local runtime reads queues and table streams, not "${sourceArn}".`);
  if (Number(properties['TumblingWindowInSeconds'] ?? 0) > 0)
    refuse('the local runtime does not aggregate in tumbling windows.');
  const known = [...COMMON, ...(isQueue ? FOR_QUEUES : FOR_STREAMS), 'TumblingWindowInSeconds'];
  for (const property of Object.keys(properties))
    if (!known.includes(property)) refuse(`the local runtime does not know the property ${property} for this source.`);
  const number = (property: string, fallback: number, minimum: number, maximum: number, from = properties): number => {
    const value = Number(from[property] ?? fallback);
    if (Number.isInteger(value) && value >= minimum && value <= maximum) return value;
    return refuse(`${property} is ${from[property]}, it must be from ${minimum} to ${maximum}.`);
  };
  const fifo = sourceArn.endsWith('.fifo');
  const batchSize = number('BatchSize', isQueue ? 10 : 100, 1, fifo ? 10 : 10_000);
  const windowSeconds = number('MaximumBatchingWindowInSeconds', 0, 0, 300);
  if (isQueue && batchSize > 10 && windowSeconds < 1)
    refuse('a BatchSize above 10 needs a MaximumBatchingWindowInSeconds of at least 1.');
  if (fifo && windowSeconds > 0) refuse('FIFO queues have no batching window.');
  const startingPosition = properties['StartingPosition'];
  if (!isQueue && startingPosition !== 'TRIM_HORIZON' && startingPosition !== 'LATEST')
    refuse('StartingPosition must be TRIM_HORIZON or LATEST.');
  const ageSeconds = number('MaximumRecordAgeInSeconds', -1, -1, 604_800);
  return {
    ...{ name, sourceArn, batchSize, startingPosition },
    functionName: String(properties['FunctionName'] ?? refuse('it has no FunctionName.')),
    enabled: String(properties['Enabled'] ?? true) === 'true',
    windowMs: windowSeconds * 1000,
    reportsItems: (properties['FunctionResponseTypes'] ?? []).includes('ReportBatchItemFailures'),
    matches: compileFilter(properties['FilterCriteria'], `Event source mapping ${name}`),
    maximumConcurrency: number('MaximumConcurrency', LOCAL_CONCURRENCY, 2, 1000, properties['ScalingConfig'] ?? {}),
    parallelizationFactor: number('ParallelizationFactor', 1, 1, 10),
    bisects: String(properties['BisectBatchOnFunctionError'] ?? false) === 'true',
    maximumRetryAttempts: number('MaximumRetryAttempts', -1, -1, 10_000),
    maximumRecordAgeMs: ageSeconds < 0 ? -1 : ageSeconds * 1000,
    onFailureArn: properties['DestinationConfig']?.['OnFailure']?.['Destination'],
  };
}
