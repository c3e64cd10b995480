/** What CreateSchedule, UpdateSchedule and `AWS::Scheduler::Schedule` say of a schedule, and what they refuse. */
import { AwsError } from '../../runtime/types.ts';
import { parseSchedule } from './schedule-expression.ts';

export interface ScheduleDefinition {
  Name: string;
  GroupName: string;
  ScheduleExpression: string;
  ScheduleExpressionTimezone: string;
  /** Seconds since the epoch. */
  StartDate?: number;
  EndDate?: number;
  State: 'ENABLED' | 'DISABLED';
  ActionAfterCompletion: 'NONE' | 'DELETE';
  Description?: string;
  KmsKeyArn?: string;
  FlexibleTimeWindow: { Mode: 'OFF' | 'FLEXIBLE'; MaximumWindowInMinutes?: number };
  Target: ScheduleTarget;
}

export interface ScheduleTarget {
  Arn: string;
  RoleArn: string;
  Input?: string;
  RetryPolicy?: { MaximumRetryAttempts?: number; MaximumEventAgeInSeconds?: number };
  DeadLetterConfig?: { Arn?: string };
  EventBridgeParameters?: { DetailType: string; Source: string };
  SqsParameters?: { MessageGroupId?: string };
}

const KNOWN = [
  ...[
    'Name',
    'GroupName',
    'ScheduleExpression',
    'ScheduleExpressionTimezone',
    'StartDate',
    'EndDate',
    'State',
    'Target',
  ],
  ...['ActionAfterCompletion', 'Description', 'KmsKeyArn', 'FlexibleTimeWindow', 'ClientToken'],
];
const TARGET_KNOWN = [
  'Arn',
  'RoleArn',
  'Input',
  'RetryPolicy',
  'DeadLetterConfig',
  'EventBridgeParameters',
  'SqsParameters',
];
const SERVICES = ['lambda', 'sqs', 'events', 'sns'];

/** @throws AwsError `ValidationException` with the field that is wrong */
export function readDefinition(input: Record<string, any>): ScheduleDefinition {
  for (const name of Object.keys(input)) if (!KNOWN.includes(name)) refuse(`the local runtime does not know ${name}`);
  const { Name, ScheduleExpression, ScheduleExpressionTimezone = 'UTC', FlexibleTimeWindow, Target } = input;
  if (!/^[\w.-]{1,64}$/.test(Name ?? ''))
    refuse(`Name "${Name}" must have 1 to 64 letters, digits, hyphens, underscores and dots`);
  try {
    parseSchedule(String(ScheduleExpression), 0, ScheduleExpressionTimezone);
  } catch (error) {
    refuse(`Invalid Schedule Expression ${ScheduleExpression}: ${(error as Error).message}`);
  }
  const { Mode, MaximumWindowInMinutes: window } = FlexibleTimeWindow ?? {};
  if (Mode !== 'OFF' && Mode !== 'FLEXIBLE') refuse('FlexibleTimeWindow.Mode must be OFF or FLEXIBLE');
  if ((Mode === 'FLEXIBLE') !== (window !== undefined) || (window !== undefined && !(window >= 1 && window <= 1440)))
    refuse('MaximumWindowInMinutes goes with Mode FLEXIBLE and is from 1 to 1440');
  const { ClientToken: _, ...definition } = input;
  const StartDate = seconds(input['StartDate'], 'StartDate');
  const EndDate = seconds(input['EndDate'], 'EndDate');
  return {
    ...definition,
    Name,
    GroupName: input['GroupName'] ?? 'default',
    ScheduleExpression,
    ScheduleExpressionTimezone,
    ...(StartDate !== undefined && { StartDate }),
    ...(EndDate !== undefined && { EndDate }),
    State: oneOf(input['State'] ?? 'ENABLED', ['ENABLED', 'DISABLED'], 'State'),
    ActionAfterCompletion: oneOf(input['ActionAfterCompletion'] ?? 'NONE', ['NONE', 'DELETE'], 'ActionAfterCompletion'),
    FlexibleTimeWindow,
    Target: readTarget(Target ?? {}),
  };
}

function readTarget(target: Record<string, any>): ScheduleTarget {
  for (const name of Object.keys(target))
    if (!TARGET_KNOWN.includes(name)) refuse(`the local runtime does not know Target.${name}`);
  const { Arn, RoleArn, Input, RetryPolicy, EventBridgeParameters, SqsParameters } = target;
  if (typeof Arn !== 'string' || typeof RoleArn !== 'string') refuse('Target needs an Arn and a RoleArn');
  const service = Arn.split(':')[2] ?? '';
  if (!SERVICES.includes(service))
    refuse(`the local runtime cannot schedule ${Arn}; it schedules functions, queues, buses and topics`);
  if (service === 'events' && !(EventBridgeParameters?.Source && EventBridgeParameters.DetailType))
    refuse('a target event bus needs EventBridgeParameters with DetailType and Source');
  if (Arn.endsWith('.fifo') && !SqsParameters?.MessageGroupId)
    refuse('a FIFO queue needs SqsParameters.MessageGroupId');
  if (Input !== undefined && (typeof Input !== 'string' || Buffer.byteLength(Input) > 256 * 1024))
    refuse('Input must be text of at most 256 KB');
  const { MaximumRetryAttempts: attempts = 185, MaximumEventAgeInSeconds: age = 86_400 } = RetryPolicy ?? {};
  if (!(attempts >= 0 && attempts <= 185)) refuse('MaximumRetryAttempts must be from 0 to 185');
  if (!(age >= 60 && age <= 86_400)) refuse('MaximumEventAgeInSeconds must be from 60 to 86400');
  return target as ScheduleTarget;
}

/** Templates give ISO 8601, the API seconds. */
function seconds(value: unknown, name: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  const instant = typeof value === 'number' ? value : Date.parse(String(value)) / 1000;
  return Number.isNaN(instant) ? refuse(`${name} "${value}" is no date`) : instant;
}

function oneOf<const T extends string>(value: T, allowed: readonly T[], name: string): T {
  return allowed.includes(value) ? value : refuse(`${name} must be one of ${allowed.join(', ')}`);
}

function refuse(reason: string): never {
  throw new AwsError('ValidationException', `${reason}.`);
}
