/**
 * Makes of samples what the station tells: converted values by exception, alarms, derived points, staleness. It decides and
 * remembers; writing is the recorder's, and nothing here waits.
 */
import { evaluateExpression, type KnownValue } from '../../../layers/station/evaluate-expression.ts';
import type { Alarm, ReportedValue } from '../../../layers/station/messages.ts';
import type { PointValue, Quality } from '../../../layers/station/point-value.ts';
import type { StationConfiguration } from '../../../layers/station/station-configuration.ts';
import type { Clock } from '../clock.ts';
import type { Sample } from '../driver.ts';
import { type AlarmChange, observe, settle, type Watch } from './alarm-watch.ts';
import { type CompiledPoints, compilePoints, type EnginePoint, type PointState } from './compile-points.ts';
import { convertValue } from './convert-value.ts';
import { isNews } from './report-by-exception.ts';

/** What came of a batch, to be recorded in one go. */
export interface Findings {
  values: ReportedValue[];
  lowValues: ReportedValue[];
  events: ReportedValue[];
  alarms: Alarm[];
}

export interface PointEngine {
  /** Takes another configuration; points that stay keep their state and their alarms. @returns alarms of points that are gone, cleared */
  configure(configuration: StationConfiguration): Findings;
  /** Alarms that stood when the process ended. */
  resume(alarms: readonly Alarm[]): void;
  samples(samples: readonly Sample[]): Findings;
  /** Delays that are over, points nobody heard of, refreshes that are due; call it every second. */
  tick(): Findings;
  /** A device, or every device of a connection, does not answer: what is known of its points is stale. */
  silence(source: { deviceId?: string; connectionId: string }, reason: string): Findings;
  /** Everything known, as it stands: for the platform that missed it. */
  snapshot(): Findings;
  state(pointId: string): PointState | undefined;
  known(pointId: string): KnownValue | undefined;
  point(pointId: string): EnginePoint | undefined;
  counts(): { total: number; good: number; activeAlarms: number };
  /** Samples of points that the configuration does not have. */
  readonly unknownSamples: number;
}

/** A device's time further ahead of ours than this is not believed. */
const farFutureMs = 24 * 3_600_000;

const none = (): Findings => ({ values: [], lowValues: [], events: [], alarms: [] });

export function createPointEngine(clock: Clock): PointEngine {
  let points: CompiledPoints = {
    byId: new Map(),
    measured: [],
    derived: [],
    readersOf: new Map(),
    byDevice: new Map(),
  };
  let unknownSamples = 0;
  const active = new Map<string, Alarm>();
  /** Points with a watch that waits for its delay. */
  const delayed = new Set<EnginePoint>();
  const known = (pointId: string): KnownValue | undefined => points.byId.get(pointId)?.state;

  function tell(point: EnginePoint, findings: Findings, nowMs: number, isEvent = false): void {
    const { value, quality, reason, timeMs, timeBy } = point.state!;
    point.state!.told = { value, quality, atMs: nowMs };
    const reported: ReportedValue = {
      pointId: point.id,
      value,
      quality,
      timeMs,
      ...(reason !== undefined && { reason }),
      ...(timeBy !== 'gateway' && { timeBy }),
      ...(isEvent && { isEvent }),
    };
    if (isEvent) findings.events.push(reported);
    else if (point.isLow) findings.lowValues.push(reported);
    else findings.values.push(reported);
  }

  function raise(point: EnginePoint, watch: Watch, change: AlarmChange, findings: Findings): void {
    const alarm: Alarm = {
      alarmId: `${point.id}:${watch.kind}:${change.raisedAtMs}`,
      kind: watch.kind,
      pointId: point.id,
      state: change.state,
      priority: watch.priority,
      timeMs: change.timeMs,
      raisedAtMs: change.raisedAtMs,
      value: change.value,
      ...(watch.limit !== undefined && { limit: watch.limit }),
    };
    if (change.state === 'raised') active.set(alarm.alarmId, alarm);
    else active.delete(alarm.alarmId);
    findings.alarms.push(alarm);
  }

  function watch(point: EnginePoint, findings: Findings, nowMs: number): void {
    const { value, quality, timeMs } = point.state!;
    // What is not known is neither an alarm nor the end of one.
    if (value === undefined || quality === 'bad' || quality === 'stale') return;
    let waits = false;
    for (const each of point.watches) {
      const change = observe(each, value, timeMs, nowMs);
      if (change) raise(point, each, change, findings);
      waits ||= each.pending !== undefined;
    }
    if (waits) delayed.add(point);
    else if (point.watches.length > 0) delayed.delete(point);
  }

  type Fresh = {
    value: PointValue | undefined;
    quality: Quality;
    reason?: string;
    timeMs: number;
    timeBy: PointState['timeBy'];
  };
  function update(point: EnginePoint, fresh: Fresh, isEvent: boolean, findings: Findings, nowMs: number): void {
    const before = point.state;
    // The last value known is worth more than none, as long as it says that it is old.
    const value = fresh.value === undefined && fresh.quality === 'stale' ? before?.value : fresh.value;
    point.state = {
      value,
      quality: fresh.quality,
      reason: fresh.reason,
      timeMs: fresh.timeMs,
      timeBy: fresh.timeBy,
      heardAtMs: nowMs,
      told: before?.told,
    };
    watch(point, findings, nowMs);
    if (isEvent || isNews(point.rule, before?.told, value, fresh.quality, nowMs)) tell(point, findings, nowMs, isEvent);
  }

  /** Derived points that read what changed, each once, whatever the number of its inputs that did. */
  function derive(changed: ReadonlySet<string>, findings: Findings, nowMs: number): void {
    if (points.derived.length === 0 || changed.size === 0) return;
    const dirty = new Set<EnginePoint>();
    const queue = [...changed];
    for (let next = queue.pop(); next !== undefined; next = queue.pop())
      for (const reader of points.readersOf.get(next) ?? [])
        if (!dirty.has(reader)) {
          dirty.add(reader);
          queue.push(reader.id);
        }
    if (dirty.size === 0) return;
    const ordered = dirty.size > 1 ? points.derived.filter((point) => dirty.has(point)) : dirty;
    for (const point of ordered) {
      let newestMs = 0;
      let isEarly = false;
      const result = evaluateExpression(point.expression!, (id) => {
        const state = points.byId.get(id)?.state;
        if (!state) isEarly = true;
        else if (state.timeMs > newestMs) newestMs = state.timeMs;
        return state;
      });
      // Nothing is wrong yet: not all it reads was heard of.
      if (isEarly && result.value === undefined && !point.state) continue;
      const { pointType, lowLimit, highLimit } = point.configuration;
      const converted = convertValue(
        { pointType, scaleFactor: 1, offset: 0, lowLimit, highLimit },
        result.value,
        result.quality,
        result.quality === 'good' ? undefined : `computed of ${result.quality} values`,
      );
      const fresh: Fresh = { ...converted, timeMs: newestMs || clock.now(), timeBy: 'gateway' };
      update(point, fresh, false, findings, nowMs);
    }
  }

  function markStale(point: EnginePoint, reason: string, findings: Findings, nowMs: number): boolean {
    if (!point.state || point.state.quality === 'stale') return false;
    const { heardAtMs } = point.state;
    update(
      point,
      { value: undefined, quality: 'stale', reason, timeMs: clock.now(), timeBy: 'gateway' },
      false,
      findings,
      nowMs,
    );
    point.state.heardAtMs = heardAtMs;
    return true;
  }

  return {
    configure(configuration) {
      const findings = none();
      const before = points;
      points = compilePoints(configuration);
      delayed.clear();
      for (const point of points.byId.values()) {
        const old = before.byId.get(point.id);
        if (!old || old.configuration.pointType !== point.configuration.pointType) continue;
        point.state = old.state;
        for (const each of point.watches) {
          const same = old.watches.find(({ kind }) => kind === each.kind);
          if (same?.raisedAtMs !== undefined) each.raisedAtMs = same.raisedAtMs;
        }
      }
      adoptAlarms();
      clearOrphans(findings);
      const nowMs = clock.monotonicMs();
      // New limits hold for values that are known already.
      for (const point of points.byId.values()) if (point.state) watch(point, findings, nowMs);
      derive(new Set(points.byId.keys()), findings, nowMs);
      return findings;
    },
    resume(alarms) {
      for (const alarm of alarms) {
        if (alarm.pointId === undefined) continue;
        active.set(alarm.alarmId, alarm);
      }
      adoptAlarms();
    },
    samples(samples) {
      const findings = none();
      const nowMs = clock.monotonicMs();
      const wallMs = clock.now();
      const changed = new Set<string>();
      for (const sample of samples) {
        const point = points.byId.get(sample.pointId);
        if (!point?.source) {
          unknownSamples++;
          continue;
        }
        const fresh = convertValue(
          point.configuration as Parameters<typeof convertValue>[0],
          sample.value,
          sample.quality,
          sample.reason,
        );
        const time = timeOf(sample, wallMs);
        if (sample.isEvent && isLate(point, time)) {
          findings.events.push({ pointId: point.id, ...fresh, ...time, isEvent: true });
          continue;
        }
        if (!sample.isEvent && isBackWithOldTime(point, fresh.quality, time.timeMs)) {
          if (fresh.value !== point.state!.value)
            (point.isLow ? findings.lowValues : findings.values).push({ pointId: point.id, ...fresh, ...time });
          update(point, { ...fresh, timeMs: wallMs, timeBy: 'gateway' }, false, findings, nowMs);
        } else update(point, { ...fresh, ...time }, sample.isEvent === true, findings, nowMs);
        changed.add(point.id);
      }
      derive(changed, findings, nowMs);
      return findings;
    },
    tick() {
      const findings = none();
      const nowMs = clock.monotonicMs();
      const changed = new Set<string>();
      for (const point of delayed) {
        for (const each of point.watches) {
          const change = settle(each, nowMs);
          if (change) raise(point, each, change, findings);
        }
        if (!point.watches.some(({ pending }) => pending)) delayed.delete(point);
      }
      for (const point of points.measured) {
        const { state, staleAfterMs } = point;
        if (!state) continue;
        if (staleAfterMs > 0 && nowMs - state.heardAtMs > staleAfterMs) {
          if (markStale(point, `nothing heard for ${staleAfterMs} ms`, findings, nowMs)) changed.add(point.id);
        } else if (state.told && nowMs - state.told.atMs >= point.rule.refreshMs) tell(point, findings, nowMs);
      }
      derive(changed, findings, nowMs);
      return findings;
    },
    silence({ deviceId, connectionId }, reason) {
      const findings = none();
      const nowMs = clock.monotonicMs();
      const changed = new Set<string>();
      const silent =
        deviceId === undefined
          ? points.measured.filter(({ source }) => source?.connectionId === connectionId)
          : (points.byDevice.get(deviceId) ?? []);
      for (const point of silent) if (markStale(point, reason, findings, nowMs)) changed.add(point.id);
      derive(changed, findings, nowMs);
      return findings;
    },
    snapshot() {
      const findings = none();
      const nowMs = clock.monotonicMs();
      for (const point of points.byId.values()) if (point.state) tell(point, findings, nowMs);
      return findings;
    },
    state: (pointId) => points.byId.get(pointId)?.state,
    known,
    point: (pointId) => points.byId.get(pointId),
    counts() {
      let good = 0;
      for (const point of points.byId.values()) if (point.state?.quality === 'good') good++;
      return { total: points.byId.size, good, activeAlarms: active.size };
    },
    get unknownSamples() {
      return unknownSamples;
    },
  };

  /** Alarms that stood before the points were known again go on as the same. */
  function adoptAlarms(): void {
    for (const { pointId, kind, raisedAtMs } of active.values()) {
      const own = points.byId.get(pointId!)?.watches.find((watch) => watch.kind === kind);
      if (own) own.raisedAtMs = raisedAtMs;
    }
  }

  /** Whose point or limit the configuration no longer has: nothing else would ever end it. */
  function clearOrphans(findings: Findings): void {
    for (const alarm of [...active.values()]) {
      const watches = points.byId.get(alarm.pointId!)?.watches ?? [];
      if (watches.some(({ kind, raisedAtMs }) => kind === alarm.kind && raisedAtMs === alarm.raisedAtMs)) continue;
      active.delete(alarm.alarmId);
      const { value: _, ...rest } = alarm;
      findings.alarms.push({ ...rest, state: 'cleared', timeMs: clock.now(), reason: 'the configuration changed' });
    }
  }
}

/** An event of a buffer that was read after the present state: it is told, and changes nothing now. */
const isLate = (
  { state }: EnginePoint,
  { timeMs, timeBy }: { timeMs: number; timeBy: PointState['timeBy'] },
): boolean => state !== undefined && state.timeBy === 'device' && timeBy === 'device' && timeMs < state.timeMs;

/**
 * A breaker that moved hours ago says so when its line is back. That it is known again is news of now: under its own time it
 * would be older than the word that it was not, and lose against it for ever.
 */
const isBackWithOldTime = ({ state, source }: EnginePoint, quality: Quality, timeMs: number): boolean =>
  state !== undefined &&
  (state.quality === 'stale' || state.quality === 'bad') &&
  (quality === 'good' || quality === 'uncertain') &&
  state.timeBy === 'gateway' &&
  timeMs <= state.timeMs &&
  source?.tellsPast === false;

/** The device's own time where it gives a believable one. */
function timeOf(sample: Sample, wallMs: number): { timeMs: number; timeBy: PointState['timeBy'] } {
  const { sourceTimeMs, sourceTimeUncertain } = sample;
  if (sourceTimeMs === undefined || !(sourceTimeMs > 0) || sourceTimeMs > wallMs + farFutureMs)
    return { timeMs: wallMs, timeBy: 'gateway' };
  return { timeMs: Math.round(sourceTimeMs), timeBy: sourceTimeUncertain ? 'device_uncertain' : 'device' };
}
