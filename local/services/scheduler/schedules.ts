/**
 * The schedules of one platform and their timers on the modelled clock.
 * @see EventBridge Scheduler User Guide, "Schedule types", "Managing the schedule", "Deleting a schedule"
 */
import { randomUUID } from 'node:crypto';
import { AwsError, type ClockTimer, type RuntimeContext } from '../../runtime/types.ts';
import { DeliveryQueue } from '../eventbridge/delivery-queue.ts';
import { isoSeconds } from '../eventbridge/event.ts';
import type { ScheduleDefinition } from './schedule-definition.ts';
import { parseSchedule } from './schedule-expression.ts';
import { openScheduleStore, type ScheduleStore, type StoredSchedule, scheduleKey } from './schedule-store.ts';

/** A one-time schedule made for this long ago at most still fires: Scheduler's precision is a minute. */
const LATE_MS = 60_000;
/**
 * A new platform's schedules of a rate are all due at once, and their functions' cold starts would keep waiting whoever uses it
 * first; within Scheduler's precision they wait themselves.
 */
const DUE_AT_START_MS = 45_000;
const ATTEMPT = '<aws.scheduler.attempt-number>';

export class Schedules {
  readonly #ctx: RuntimeContext;
  readonly #store: ScheduleStore;
  readonly #schedules = new Map<string, StoredSchedule>();
  readonly #groups = new Map<string, { name: string; createdAt: number }>();
  readonly #timers = new Map<string, ClockTimer>();
  readonly #deliveries: DeliveryQueue;
  #isRunning = false;

  constructor(ctx: RuntimeContext) {
    this.#ctx = ctx;
    this.#store = openScheduleStore(ctx.dataDir);
    this.#deliveries = new DeliveryQueue(ctx, 'scheduler', (payload, attempt) =>
      payload.replaceAll(ATTEMPT, String(attempt)),
    );
    for (const group of this.#store.groups()) this.#groups.set(group.name, group);
    for (const schedule of this.#store.schedules()) this.#schedules.set(scheduleKey(schedule.definition), schedule);
    this.addGroup('default');
  }

  arnOf({ GroupName, Name }: { GroupName: string; Name: string }): string {
    return `arn:aws:scheduler:${this.#ctx.region}:${this.#ctx.accountId}:schedule/${GroupName}/${Name}`;
  }

  groupArnOf(name: string): string {
    return `arn:aws:scheduler:${this.#ctx.region}:${this.#ctx.accountId}:schedule-group/${name}`;
  }

  addGroup(name: string): void {
    if (this.#groups.has(name)) return;
    const group = { name, createdAt: this.#ctx.clock.now() };
    this.#groups.set(name, group);
    this.#store.saveGroup(name, group.createdAt);
  }

  group(name: string): { name: string; createdAt: number } {
    const group = this.#groups.get(name);
    if (group === undefined)
      throw new AwsError('ResourceNotFoundException', `Schedule group ${name} does not exist.`, 404);
    return group;
  }

  groups(): { name: string; createdAt: number }[] {
    return [...this.#groups.values()];
  }

  /** Deletes a group with its schedules. */
  deleteGroup(name: string): void {
    this.group(name);
    if (name === 'default') throw new AwsError('ValidationException', 'The default schedule group cannot be deleted.');
    for (const { definition } of this.list()) if (definition.GroupName === name) this.delete(definition);
    this.#groups.delete(name);
    this.#store.eraseGroup(name);
  }

  list(): StoredSchedule[] {
    return [...this.#schedules.values()].filter(({ isGone }) => !isGone);
  }

  find(key: { GroupName: string; Name: string }): StoredSchedule | undefined {
    const schedule = this.#schedules.get(scheduleKey(key));
    return schedule?.isGone ? undefined : schedule;
  }

  get(key: { GroupName: string; Name: string }): StoredSchedule {
    const schedule = this.find(key);
    if (schedule === undefined)
      throw new AwsError('ResourceNotFoundException', `Schedule ${key.Name} does not exist.`, 404);
    return schedule;
  }

  create(definition: ScheduleDefinition, clientToken?: string): void {
    this.group(definition.GroupName);
    const now = this.#ctx.clock.now();
    this.#keep({ definition, createdAt: now, modifiedAt: now, lastFiredAt: undefined, clientToken, isGone: false });
  }

  /** "UpdateSchedule uses all values of the request": what it leaves out goes back to its default. */
  update(definition: ScheduleDefinition): void {
    const { createdAt, clientToken } = this.get(definition);
    this.#keep({
      definition,
      createdAt,
      modifiedAt: this.#ctx.clock.now(),
      lastFiredAt: undefined,
      clientToken,
      isGone: false,
    });
  }

  /** A schedule of the template: unchanged since the last start it goes on as it was. */
  declare(definition: ScheduleDefinition): void {
    this.group(definition.GroupName);
    const known = this.#schedules.get(scheduleKey(definition));
    if (known !== undefined && JSON.stringify(known.definition) === JSON.stringify(definition)) return;
    this.create(definition);
  }

  delete(key: { GroupName: string; Name: string }): void {
    const schedule = this.get(key);
    this.#schedules.delete(scheduleKey(key));
    this.#disarm(scheduleKey(key));
    this.#store.erase(schedule);
  }

  start(): void {
    this.#isRunning = true;
    this.#deliveries.start();
    for (const schedule of this.list()) this.#arm(schedule, DUE_AT_START_MS);
  }

  stop(): void {
    for (const key of [...this.#timers.keys()]) this.#disarm(key);
    this.#deliveries.stop();
    this.#store.close();
  }

  #keep(schedule: StoredSchedule): void {
    this.#schedules.set(scheduleKey(schedule.definition), schedule);
    this.#store.save(schedule);
    if (this.#isRunning) this.#arm(schedule);
  }

  #arm(schedule: StoredSchedule, overdueMs = 0): void {
    const { definition } = schedule;
    const key = scheduleKey(definition);
    this.#disarm(key);
    if (definition.State === 'DISABLED') return;
    const due = this.#nextDue(schedule);
    if (due === undefined) {
      this.#complete(schedule);
      return;
    }
    const untilDueMs = due - this.#ctx.clock.now();
    const delayMs = untilDueMs > 0 ? untilDueMs : overdueMs;
    // A flexible window allows any time from the due time on: the first is allowed too.
    this.#timers.set(
      key,
      this.#ctx.clock.setTimer(delayMs, () => {
        schedule.lastFiredAt = due;
        this.#store.save(schedule);
        this.#invoke(definition, due);
        this.#arm(schedule);
      }),
    );
  }

  /** Missed times of recurring schedules are skipped; a one-time schedule that came due while the platform was down fires late. */
  #nextDue({ definition, createdAt, modifiedAt, lastFiredAt }: StoredSchedule): number | undefined {
    const { StartDate, EndDate, ScheduleExpression, ScheduleExpressionTimezone } = definition;
    const startMs = StartDate === undefined ? undefined : StartDate * 1000;
    const schedule = parseSchedule(ScheduleExpression, startMs ?? createdAt, ScheduleExpressionTimezone);
    // Only recurring schedules have start and end dates ("For one-time schedules they are ignored").
    if (schedule.kind === 'at') return lastFiredAt === undefined ? schedule.next(modifiedAt - LATE_MS) : undefined;
    // "Rate-based schedules": without a start date the first invocation is immediate.
    const first = Math.max(startMs ?? createdAt, createdAt) - 1;
    const after = Math.max(first, lastFiredAt ?? first, lastFiredAt === undefined ? first : this.#ctx.clock.now() - 1);
    const due = schedule.next(after);
    return due !== undefined && EndDate !== undefined && due > EndDate * 1000 ? undefined : due;
  }

  #complete(schedule: StoredSchedule): void {
    if (schedule.definition.ActionAfterCompletion !== 'DELETE') return;
    schedule.isGone = true;
    this.#store.save(schedule);
  }

  #invoke(definition: ScheduleDefinition, due: number): void {
    const { Target } = definition;
    const arn = this.arnOf(definition);
    const executionId = randomUUID();
    const scheduledTime = isoSeconds(due);
    this.#ctx.meter.count('eventbridge.schedulerInvocationPerMillion', 1);
    const payload = (Target.Input ?? this.#defaultInput(definition, arn, scheduledTime))
      .replaceAll('<aws.scheduler.schedule-arn>', arn)
      .replaceAll('<aws.scheduler.scheduled-time>', scheduledTime)
      .replaceAll('<aws.scheduler.execution-id>', executionId);
    const { RetryPolicy, EventBridgeParameters, SqsParameters } = Target;
    this.#deliveries.submit({
      target: {
        arn: Target.Arn,
        caller: { roleArn: Target.RoleArn, sessionName: definition.Name },
        payload,
        parameters: {
          ...(EventBridgeParameters && {
            detailType: EventBridgeParameters.DetailType,
            source: EventBridgeParameters.Source,
          }),
          ...(SqsParameters?.MessageGroupId && { messageGroupId: SqsParameters.MessageGroupId }),
        },
      },
      maximumRetryAttempts: RetryPolicy?.MaximumRetryAttempts ?? 185,
      maximumEventAgeMs: (RetryPolicy?.MaximumEventAgeInSeconds ?? 86_400) * 1000,
      deadLetterArn: Target.DeadLetterConfig?.Arn,
      origin: { SCHEDULE_ARN: arn, SCHEDULED_TIME: scheduledTime, EXECUTION_ID: executionId },
    });
  }

  /** What a target gets that has no Input. */
  #defaultInput(definition: ScheduleDefinition, arn: string, time: string): string {
    if (definition.Target.EventBridgeParameters !== undefined) return '{}';
    const { accountId, region } = this.#ctx;
    return JSON.stringify({
      ...{ version: '0', id: randomUUID(), 'detail-type': 'Scheduled Event', source: 'aws.scheduler' },
      ...{ account: accountId, time, region, resources: [arn], detail: '{}' },
    });
  }

  #disarm(key: string): void {
    this.#timers.get(key)?.cancel();
    this.#timers.delete(key);
  }
}
