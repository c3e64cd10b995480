/** Holds rules on metrics against their series, wherever those are kept. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { detectAnomaly, type SeriesPoint } from '../../../layers/monitoring/detect-anomaly.ts';
import { crossedThreshold } from '../../../layers/monitoring/judge-threshold.ts';
import type { MetricCondition, MetricRule } from '../alert-rules/rule-entity.ts';
import { type Finding, isCoolingDown, updateState } from './fire-rule.ts';

export interface Series {
  /** How long after its end a period is complete enough to be judged. */
  settlingMs: number;
  /** Points of whole periods, oldest first; a period nothing is known of is missing. */
  read(condition: MetricCondition, periodMs: number, fromMs: number, toMs: number): Promise<SeriesPoint[]>;
}

export interface Outcome {
  judged: number;
  fired: number;
  failed: number;
}

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;

/** One rule that cannot be judged does not keep the others from it. */
export async function judgeMetricRules(
  session: TenantSession,
  rules: readonly MetricRule[],
  series: Series,
  outcome: Outcome,
): Promise<void> {
  for (const rule of rules) {
    try {
      outcome.judged += 1;
      if (await judge(session, rule, series)) outcome.fired += 1;
    } catch (error) {
      outcome.failed += 1;
      logger.error('alert rule not judged', {
        tenantId: session.tenantId,
        ruleId: rule.id,
        error: error as Error,
      });
    }
  }
}

async function judge(session: TenantSession, rule: MetricRule, series: Series): Promise<boolean> {
  const now = session.context.now();
  const periodMs = rule.conditionConfig.periodMinutes * minuteMs;
  const endMs = Math.floor((Date.parse(now) - series.settlingMs) / periodMs) * periodMs;
  const finding = await findingOf(rule, series, periodMs, endMs);
  if (finding === undefined) return false;
  const until = new Date(endMs).toISOString();
  return updateState(session, rule, 'all', (state) =>
    isCoolingDown(state, rule, now) || until <= (state.firedUntil ?? '')
      ? undefined
      : { state: { ...state, lastFiredAt: now, firedUntil: until }, finding },
  );
}

/** @param endMs end of the newest period that can be judged */
async function findingOf(
  rule: MetricRule,
  series: Series,
  periodMs: number,
  endMs: number,
): Promise<Finding | undefined> {
  const { metric, periodMinutes } = rule.conditionConfig;
  if (rule.conditionType === 'threshold') {
    const { operator, value: bound, periods } = rule.conditionConfig;
    const points = await series.read(rule.conditionConfig, periodMs, endMs - periods * periodMs, endMs);
    const value = crossedThreshold(points, rule.conditionConfig, periodMs, endMs);
    if (value === undefined) return undefined;
    return {
      values: { metric, value: shown(value), threshold: shown(bound), count: String(periods) },
      data: { metric, value, operator, threshold: bound, periods, periodMinutes },
    };
  }
  const { sensitivity, direction, season, historyDays } = rule.conditionConfig;
  const points = await series.read(rule.conditionConfig, periodMs, endMs - historyDays * dayMs, endMs);
  const latest = points.at(-1);
  if (latest === undefined || latest.atMs !== endMs - periodMs) return undefined;
  const seasonMs = { none: undefined, day: dayMs, week: 7 * dayMs }[season];
  const verdict = detectAnomaly(points.slice(0, -1), latest, { periodMs, seasonMs, sensitivity, direction });
  if (!verdict?.isAnomaly) return undefined;
  const { score, expected, compared } = verdict;
  return {
    values: { metric, value: shown(latest.value), expected: shown(expected), threshold: shown(sensitivity) },
    data: { metric, value: latest.value, expected, score: Number(score.toFixed(2)), compared, periodMinutes },
  };
}

const shown = (value: number): string => String(Number(value.toFixed(2)));
