/**
 * Watches one condition of one point: it must hold for the delay before the alarm is raised, and be gone, by the hysteresis,
 * for the other delay before it clears. Times of alarms are those of the values that began it.
 */
import type { PointValue } from '../../../layers/station/point-value.ts';
import type { AlarmPriority } from '../../../layers/station/station-configuration.ts';

export type WatchKind = 'high_high' | 'high' | 'low' | 'low_low' | 'state';

export interface Watch {
  kind: WatchKind;
  limit?: number;
  states?: readonly (boolean | number | string)[];
  hysteresis: number;
  delayMs: number;
  clearDelayMs: number;
  priority: AlarmPriority;
  /** Since when, of the value's clock; undefined while there is no alarm. */
  raisedAtMs: number | undefined;
  /** A change that waits for its delay. */
  pending: { toRaised: boolean; sinceMonotonicMs: number; timeMs: number; value: PointValue } | undefined;
}

export interface AlarmChange {
  state: 'raised' | 'cleared';
  timeMs: number;
  raisedAtMs: number;
  value: PointValue;
}

type Limits = {
  alarmLowLow?: number | undefined;
  alarmLow?: number | undefined;
  alarmHigh?: number | undefined;
  alarmHighHigh?: number | undefined;
  alarmStates?: readonly (boolean | number | string)[] | undefined;
  hysteresis: number;
  alarmDelayMs: number;
  alarmClearDelayMs: number;
  priority: AlarmPriority;
};

export function watchesOf(point: Limits): Watch[] {
  const common = {
    hysteresis: point.hysteresis,
    delayMs: point.alarmDelayMs,
    clearDelayMs: point.alarmClearDelayMs,
    priority: point.priority,
    raisedAtMs: undefined,
    pending: undefined,
  };
  const limits: [WatchKind, number | undefined][] = [
    ['low_low', point.alarmLowLow],
    ['low', point.alarmLow],
    ['high', point.alarmHigh],
    ['high_high', point.alarmHighHigh],
  ];
  const watches: Watch[] = limits.flatMap(([kind, limit]) => (limit === undefined ? [] : [{ ...common, kind, limit }]));
  if (point.alarmStates) watches.push({ ...common, kind: 'state', states: point.alarmStates });
  return watches;
}

/** Whether the value is beyond the limit; while raised, until it is back inside by the hysteresis. */
function holds(watch: Watch, value: PointValue): boolean {
  if (watch.kind === 'state') return watch.states!.some((state) => isSame(state, value));
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number') return watch.raisedAtMs !== undefined;
  const slack = watch.raisedAtMs === undefined ? 0 : watch.hysteresis;
  return watch.kind === 'high' || watch.kind === 'high_high'
    ? number > watch.limit! - slack
    : number < watch.limit! + slack;
}

/** People write a contact as 1 or as true. */
const isSame = (state: boolean | number | string, value: PointValue): boolean =>
  typeof value === 'boolean' ? state === value || state === Number(value) : state === value;

/** A new value. @returns a change that is due at once */
export function observe(watch: Watch, value: PointValue, timeMs: number, monotonicMs: number): AlarmChange | undefined {
  const toRaised = holds(watch, value);
  if (toRaised === (watch.raisedAtMs !== undefined)) {
    watch.pending = undefined;
    return undefined;
  }
  if (watch.pending?.toRaised !== toRaised) watch.pending = { toRaised, sinceMonotonicMs: monotonicMs, timeMs, value };
  return settle(watch, monotonicMs);
}

/** Time went by. @returns a change whose delay is over */
export function settle(watch: Watch, monotonicMs: number): AlarmChange | undefined {
  const { pending } = watch;
  if (!pending) return undefined;
  const delayMs = pending.toRaised ? watch.delayMs : watch.clearDelayMs;
  if (monotonicMs - pending.sinceMonotonicMs < delayMs) return undefined;
  watch.pending = undefined;
  const { timeMs, value } = pending;
  const raisedAtMs = pending.toRaised ? timeMs : watch.raisedAtMs!;
  watch.raisedAtMs = pending.toRaised ? timeMs : undefined;
  return { state: pending.toRaised ? 'raised' : 'cleared', timeMs, raisedAtMs, value };
}
