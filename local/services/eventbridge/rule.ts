/** A rule: which events, or which times, go to which targets. */
import { ConfigurationError, type DeclaredResource, type TargetRequest } from '../../runtime/types.ts';
import { parseSchedule, type Schedule } from '../scheduler/schedule-expression.ts';
import { type RetryPolicy, readRetryPolicy } from './delivery-queue.ts';
import { compilePattern, type Matcher } from './pattern.ts';
import { compileTargetInput, type TargetInput } from './target-input.ts';

export interface RuleTarget extends RetryPolicy {
  arn: string;
  roleArn: string | undefined;
  input: TargetInput;
  deadLetterArn: string | undefined;
  parameters: NonNullable<TargetRequest['parameters']>;
}

export interface Rule {
  name: string;
  arn: string;
  busName: string;
  description: string | undefined;
  enabled: boolean;
  patternText: string | undefined;
  matches: Matcher;
  scheduleText: string | undefined;
  schedule: Schedule | undefined;
  targets: RuleTarget[];
}

const KNOWN = [
  'Name',
  'Description',
  'EventBusName',
  'EventPattern',
  'ScheduleExpression',
  'State',
  'Targets',
  'RoleArn',
  'Tags',
];
const TARGET_KNOWN = [
  ...['Arn', 'Id', 'RoleArn', 'Input', 'InputPath', 'InputTransformer', 'DeadLetterConfig', 'RetryPolicy'],
  'SqsParameters',
];
const SERVICES = ['lambda', 'sqs', 'events', 'sns', 'logs'];

export function readRule(
  { properties, defaultName }: DeclaredResource,
  place: { region: string; accountId: string; now: number },
): Rule {
  const name: string = properties['Name'] ?? defaultName;
  const refuse = (reason: string): never => {
    throw new ConfigurationError(`Rule ${name}: ${reason}`);
  };
  for (const property of Object.keys(properties))
    if (!KNOWN.includes(property)) refuse(`the local runtime does not know the property ${property}.`);
  const busName = String(properties['EventBusName'] ?? 'default').replace(/^.*event-bus\//, '');
  const pattern = properties['EventPattern'];
  const scheduleText = properties['ScheduleExpression'];
  if (pattern === undefined && scheduleText === undefined) refuse('it needs an EventPattern or a ScheduleExpression.');
  // "Creating a rule that runs on a schedule": on the default bus only.
  if (scheduleText !== undefined && busName !== 'default')
    refuse('a ScheduleExpression works on the default bus only.');
  try {
    const schedule = scheduleText === undefined ? undefined : parseSchedule(scheduleText, place.now);
    if (schedule?.kind === 'at') refuse('at(…) is for EventBridge Scheduler, rules take rate(…) and cron(…).');
    // "Rate expressions" of rules, unlike Scheduler's: a value of 1 takes a singular unit, any other a plural.
    if (schedule?.kind === 'rate' && scheduleText.startsWith('rate(1 ') === scheduleText.endsWith('s)'))
      refuse(`${scheduleText} must use the singular of its unit for 1 and the plural otherwise.`);
    const path = busName === 'default' ? name : `${busName}/${name}`;
    return {
      name,
      arn: `arn:aws:events:${place.region}:${place.accountId}:rule/${path}`,
      busName,
      description: properties['Description'],
      enabled: properties['State'] !== 'DISABLED',
      patternText: pattern === undefined || typeof pattern === 'string' ? pattern : JSON.stringify(pattern),
      matches: pattern === undefined ? () => false : compilePattern(pattern),
      scheduleText,
      schedule,
      targets: (properties['Targets'] ?? []).map((target: Record<string, any>) => readTarget(target, name)),
    };
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    return refuse((cause as Error).message);
  }
}

function readTarget(target: Record<string, any>, ruleName: string): RuleTarget {
  const owner = `Rule ${ruleName}, target ${target['Id']}`;
  for (const property of Object.keys(target))
    if (!TARGET_KNOWN.includes(property))
      throw new ConfigurationError(`${owner}: the local runtime does not know ${property}.`);
  const arn = String(target['Arn']);
  if (!SERVICES.includes(arn.split(':')[2] ?? ''))
    throw new ConfigurationError(`${owner}: the local runtime cannot deliver to ${arn}.`);
  const messageGroupId = target['SqsParameters']?.['MessageGroupId'];
  if (arn.endsWith('.fifo') && messageGroupId === undefined)
    throw new ConfigurationError(`${owner}: a FIFO queue needs SqsParameters.MessageGroupId.`);
  return {
    arn,
    roleArn: target['RoleArn'],
    input: compileTargetInput(target, owner),
    ...readRetryPolicy(target['RetryPolicy'], owner),
    deadLetterArn: target['DeadLetterConfig']?.['Arn'],
    parameters: messageGroupId === undefined ? {} : { messageGroupId },
  };
}
