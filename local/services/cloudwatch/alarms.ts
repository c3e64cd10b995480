/**
 * The alarms and their states. They are evaluated every minute of modelled time; a change of state
 * runs the actions declared for the new one.
 */
import { type ClockTimer, ConfigurationError, type RuntimeContext } from '../../runtime/types.ts';
import { type AlarmState, defineMetricAlarm } from './alarm-definition.ts';
import { type Evaluation, evaluateAlarm } from './alarm-evaluation.ts';
import { compileAlarmRule } from './alarm-rule.ts';
import { type MetricStore, MINUTE_MS } from './metrics.ts';

export interface Alarm {
  name: string;
  arn: string;
  kind: 'metric' | 'composite';
  /** As declared. */
  properties: Record<string, any>;
  state: AlarmState;
  stateReason: string;
  /** Milliseconds since the epoch. */
  stateUpdatedAt: number;
}

interface WatchedAlarm extends Alarm {
  evaluate(nowMs: number): Evaluation;
}

const ACTIONS: Record<AlarmState, string> = {
  ALARM: 'AlarmActions',
  OK: 'OKActions',
  INSUFFICIENT_DATA: 'InsufficientDataActions',
};

export class Alarms {
  readonly #ctx: RuntimeContext;
  readonly #metrics: MetricStore;
  readonly #alarms = new Map<string, WatchedAlarm>();
  readonly #samplers: (() => void)[] = [];
  #timer: ClockTimer | undefined;

  constructor(ctx: RuntimeContext, metrics: MetricStore) {
    this.#ctx = ctx;
    this.#metrics = metrics;
  }

  addMetricAlarm(name: string, properties: Record<string, any>): Alarm {
    const definition = defineMetricAlarm(name, properties);
    return this.#add(name, 'metric', properties, (nowMs) =>
      evaluateAlarm(definition, this.#alarms.get(name)!.state, this.#metrics, nowMs),
    );
  }

  addCompositeAlarm(name: string, properties: Record<string, any>): Alarm {
    const rule = String(properties['AlarmRule']);
    let test: ReturnType<typeof compileAlarmRule>;
    try {
      test = compileAlarmRule(rule);
    } catch (error) {
      throw new ConfigurationError(`CloudWatch alarm "${name}" cannot be used: ${(error as Error).message}`);
    }
    return this.#add(name, 'composite', properties, () => {
      const holds = test((other) => this.find(other)?.state);
      return { state: holds ? 'ALARM' : 'OK', reason: `${rule} is ${holds}` };
    });
  }

  /** By name or ARN. */
  find(nameOrArn: string): Alarm | undefined {
    return this.#alarms.get(nameOrArn.startsWith('arn:') ? nameOrArn.split(':').slice(6).join(':') : nameOrArn);
  }

  all(): Alarm[] {
    return [...this.#alarms.values()];
  }

  /** Called at the start of each minute, to record what is a level rather than an event. */
  addSampler(sample: () => void): void {
    this.#samplers.push(sample);
  }

  start(): void {
    const { clock } = this.#ctx;
    const arm = (): void => {
      this.#timer = clock.setTimer(MINUTE_MS - (clock.now() % MINUTE_MS), () => {
        arm();
        this.evaluate();
        // A level belongs to the minute that begins; it is judged at that minute's end.
        for (const sample of this.#samplers) this.#sample(sample);
      });
    };
    arm();
  }

  #sample(sample: () => void): void {
    try {
      sample();
    } catch (error) {
      this.#ctx.log.error('A metric could not be sampled', { error: (error as Error).stack });
    }
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** Metric alarms first, since composite ones look at their states. */
  evaluate(): void {
    const now = this.#ctx.clock.now();
    const ordered = [...this.#alarms.values()].sort(
      (a, b) => Number(a.kind === 'composite') - Number(b.kind === 'composite'),
    );
    for (const alarm of ordered) {
      const { state, reason } = alarm.evaluate(now);
      this.setState(alarm, state, reason);
    }
  }

  setState(alarm: Alarm, state: AlarmState, reason: string): void {
    if (state === alarm.state) return;
    const before = alarm.state;
    Object.assign(alarm, { state, stateReason: reason, stateUpdatedAt: this.#ctx.clock.now() });
    // Every alarm leaves its first state once; that is no news.
    const level = state === 'ALARM' ? 'warn' : before === 'ALARM' ? 'info' : 'debug';
    this.#ctx.log[level](`CloudWatch alarm "${alarm.name}" is ${state}`, { before, reason });
    if (String(alarm.properties['ActionsEnabled'] ?? true) !== 'true') return;
    for (const arn of (alarm.properties[ACTIONS[state]] ?? []) as string[]) void this.#act(alarm, before, arn);
  }

  #add(
    name: string,
    kind: Alarm['kind'],
    properties: Record<string, any>,
    evaluate: (nowMs: number) => Evaluation,
  ): Alarm {
    const { region, accountId, clock } = this.#ctx;
    const alarm: WatchedAlarm = {
      name,
      arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`,
      kind,
      properties,
      state: 'INSUFFICIENT_DATA',
      stateReason: 'Unchecked: Initial alarm creation',
      stateUpdatedAt: clock.now(),
      evaluate,
    };
    this.#alarms.set(name, alarm);
    return alarm;
  }

  async #act(alarm: Alarm, before: AlarmState, arn: string): Promise<void> {
    const payload = JSON.stringify(
      arn.includes(':lambda:') ? this.#lambdaEvent(alarm, before) : this.#notification(alarm, before),
    );
    // Functions are invoked under a name of their own.
    const service = arn.includes(':lambda:') ? 'lambda.alarms.cloudwatch.amazonaws.com' : 'cloudwatch.amazonaws.com';
    try {
      await this.#ctx.targets.deliver({ arn, payload, caller: { service, sourceArn: alarm.arn } });
    } catch (error) {
      this.#ctx.log.error(`An action of CloudWatch alarm "${alarm.name}" failed`, { arn, error: String(error) });
    }
  }

  /** What SNS subscribers get. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html */
  #notification(alarm: Alarm, before: AlarmState): object {
    const {
      MetricName,
      Namespace,
      Statistic,
      Dimensions,
      Period,
      EvaluationPeriods,
      ComparisonOperator,
      Threshold,
      TreatMissingData,
    } = alarm.properties;
    return {
      AlarmName: alarm.name,
      AlarmDescription: alarm.properties['AlarmDescription'] ?? null,
      AWSAccountId: this.#ctx.accountId,
      NewStateValue: alarm.state,
      NewStateReason: alarm.stateReason,
      StateChangeTime: new Date(alarm.stateUpdatedAt).toISOString().replace('Z', '+0000'),
      Region: this.#ctx.region,
      AlarmArn: alarm.arn,
      OldStateValue: before,
      Trigger:
        alarm.kind === 'composite'
          ? undefined
          : {
              MetricName,
              Namespace,
              Statistic,
              Dimensions,
              Period,
              EvaluationPeriods,
              ComparisonOperator,
              Threshold,
              TreatMissingData,
            },
      AlarmRule: alarm.properties['AlarmRule'],
    };
  }

  /** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html */
  #lambdaEvent(alarm: Alarm, before: AlarmState): object {
    const { name, arn, state, stateReason, stateUpdatedAt } = alarm;
    const timestamp = new Date(stateUpdatedAt).toISOString().replace('Z', '+0000');
    return {
      source: 'aws.cloudwatch',
      alarmArn: arn,
      accountId: this.#ctx.accountId,
      time: timestamp,
      region: this.#ctx.region,
      alarmData: {
        alarmName: name,
        state: { value: state, reason: stateReason, timestamp },
        previousState: { value: before },
      },
    };
  }
}
