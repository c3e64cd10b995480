/** Alarms that no value of a point makes: a device or connection is silent, the gateway itself is in trouble. */
import type { Alarm } from '../../layers/station/messages.ts';
import type { Clock } from './clock.ts';

export interface Condition {
  kind: 'communication' | 'gateway';
  connectionId?: string;
  deviceId?: string;
  /** Of the gateway's own: `store`, `clock`. */
  topic?: string;
  priority: Alarm['priority'];
  /** How long it must hold. */
  delayMs: number;
}

export interface ConditionAlarms {
  set(condition: Condition, isActive: boolean, reason: string | undefined): void;
  /** One that waits for its delay is not to be raised for now; one that stands goes on. */
  hold(condition: Condition): void;
  /** Alarms that stood when the process ended: those of the gateway are over, those of lines end when the line is back. */
  resume(alarms: readonly Alarm[]): void;
  /** Connections and devices that are gone cannot come back. */
  keepOnly(subjects: ReadonlySet<string>): void;
  readonly active: number;
  stop(): void;
}

export function createConditionAlarms(clock: Clock, record: (alarm: Alarm) => void): ConditionAlarms {
  const active = new Map<string, Alarm>();
  const pending = new Map<string, { cancel(): void }>();
  const subjectOf = ({ kind, deviceId, connectionId, topic }: Condition): string =>
    `${kind}:${deviceId ?? connectionId ?? topic}`;
  const clear = (subject: string): void => {
    const alarm = active.get(subject);
    if (!alarm) return;
    active.delete(subject);
    record({ ...alarm, state: 'cleared', timeMs: clock.now() });
  };
  return {
    set(condition, isActive, reason) {
      const subject = subjectOf(condition);
      if (!isActive) {
        pending.get(subject)?.cancel();
        pending.delete(subject);
        return clear(subject);
      }
      if (active.has(subject) || pending.has(subject)) return;
      const sinceMs = clock.now();
      const raise = (): void => {
        pending.delete(subject);
        const { kind, connectionId, deviceId, priority } = condition;
        const alarm: Alarm = {
          alarmId: `${subject}:${sinceMs}`,
          kind,
          ...(deviceId !== undefined ? { deviceId } : connectionId !== undefined ? { connectionId } : {}),
          state: 'raised',
          priority,
          timeMs: sinceMs,
          raisedAtMs: sinceMs,
          ...(reason !== undefined && { reason: reason.slice(0, 500) }),
        };
        active.set(subject, alarm);
        record(alarm);
      };
      if (condition.delayMs === 0) raise();
      else pending.set(subject, clock.setTimer(raise, condition.delayMs));
    },
    hold(condition) {
      const subject = subjectOf(condition);
      pending.get(subject)?.cancel();
      pending.delete(subject);
    },
    resume(alarms) {
      for (const alarm of alarms) {
        if (alarm.kind !== 'communication' && alarm.kind !== 'gateway') continue;
        const subject = alarm.alarmId.slice(0, alarm.alarmId.lastIndexOf(':'));
        active.set(subject, alarm);
        if (alarm.kind === 'gateway') clear(subject);
      }
    },
    keepOnly(subjects) {
      for (const [subject, alarm] of [...active])
        if (alarm.kind === 'communication' && !subjects.has(alarm.deviceId ?? alarm.connectionId ?? '')) clear(subject);
    },
    get active() {
      return active.size;
    },
    stop() {
      for (const timer of pending.values()) timer.cancel();
      pending.clear();
    },
  };
}
