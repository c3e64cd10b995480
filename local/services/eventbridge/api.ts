/** The EventBridge API: events in, replays, and what operators look up or switch. */
import { AwsError, type ClockTimer, type RuntimeContext } from '../../runtime/types.ts';
import type { Archive } from './archive.ts';
import type { Bus, Buses } from './buses.ts';
import { BILLED_CHUNK_BYTES, createEvent, type EventEntry, entryBytes, MAX_REQUEST_BYTES } from './event.ts';
import { compilePattern, PatternError } from './pattern.ts';
import { Replays } from './replays.ts';
import type { Rule } from './rule.ts';

type Input = Record<string, any>;
export type Operation = (input: Input) => object;

export function createOperations(
  ctx: RuntimeContext,
  buses: Buses,
): { operations: Record<string, Operation>; timers: Set<ClockTimer> } {
  const replays = new Replays(ctx, buses);
  const ruleOf = (input: Input): { bus: Bus; rule: Rule } => {
    const bus = buses.get(input['EventBusName']);
    const rule = bus.rules.get(input['Name']);
    if (rule === undefined)
      throw new AwsError('ResourceNotFoundException', `Rule ${input['Name']} does not exist on EventBus ${bus.name}.`);
    return { bus, rule };
  };
  const switchRule = (input: Input, enabled: boolean) => {
    const { rule } = ruleOf(input);
    rule.enabled = enabled;
    buses.arm(rule, ctx.clock.now());
    return {};
  };
  const operations: Record<string, Operation> = {
    PutEvents: (input) => putEvents(ctx, buses, input['Entries']),
    DescribeEventBus: (input) => busView(buses.get(input['Name'])),
    ListEventBuses: () => ({ EventBuses: [...buses.all()].map(busView) }),
    ListRules: (input) => ({ Rules: [...buses.get(input['EventBusName']).rules.values()].map(ruleView) }),
    DescribeRule: (input) => ruleView(ruleOf(input).rule),
    EnableRule: (input) => switchRule(input, true),
    DisableRule: (input) => switchRule(input, false),
    TestEventPattern: (input) => ({ Result: testPattern(input['EventPattern'], input['Event']) }),
    DescribeArchive: (input) =>
      archiveView(
        buses.archive(({ name }) => name === input['ArchiveName']),
        buses,
      ),
    StartReplay: (input) => replays.start(input),
    DescribeReplay: (input) => replays.describe(input['ReplayName']),
  };
  return { operations, timers: replays.timers };
}

/** "PutEvents": one to ten entries; a refused entry fails alone. */
function putEvents(ctx: RuntimeContext, buses: Buses, entries: EventEntry[] = []): object {
  if (entries.length < 1 || entries.length > 10)
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length from 1 to 10, it has ${entries.length}.`,
    );
  const total = entries.reduce((sum, entry) => sum + entryBytes(entry), 0);
  if (total > MAX_REQUEST_BYTES)
    throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit.');
  let FailedEntryCount = 0;
  const Entries = entries.map((entry) => {
    try {
      const bus = buses.get(entry.EventBusName);
      const event = createEvent(entry, ctx);
      ctx.meter.count('eventbridge.customEventPerMillion64KB', Math.ceil(entryBytes(entry) / BILLED_CHUNK_BYTES));
      buses.publish(bus, event);
      return { EventId: event.id };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      FailedEntryCount += 1;
      return { ErrorCode: error.code, ErrorMessage: error.message };
    }
  });
  return { FailedEntryCount, Entries };
}

function testPattern(pattern: string, event: string): boolean {
  try {
    return compilePattern(pattern)(JSON.parse(event));
  } catch (error) {
    if (error instanceof PatternError) throw new AwsError('InvalidEventPatternException', error.message);
    throw new AwsError('ValidationException', `Parameter Event is not valid: ${(error as Error).message}`);
  }
}

function busView({ name, arn, policy }: Bus): object {
  return { Name: name, Arn: arn, ...(policy !== undefined && { Policy: JSON.stringify(policy) }) };
}

function ruleView({ name, arn, busName, enabled, patternText, scheduleText, description }: Rule): object {
  return {
    ...{ Name: name, Arn: arn, EventBusName: busName, State: enabled ? 'ENABLED' : 'DISABLED' },
    ...{ EventPattern: patternText, ScheduleExpression: scheduleText, Description: description },
  };
}

function archiveView(archive: Archive, buses: Buses): object {
  const { name, arn, busName, retentionDays } = archive;
  return {
    ...{ ArchiveName: name, ArchiveArn: arn, EventSourceArn: buses.get(busName).arn, State: 'ENABLED' },
    ...{ RetentionDays: retentionDays, EventCount: buses.archives.count(archive) },
  };
}
