/** Schedule `metric-rules`: holds the metrics of the installation against the rules of the tenant that runs it. */
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { countMetric, logger, publishMetrics } from '../../../layers/kernel/observability/logger.ts';
import { detectAnomaly } from '../../../layers/monitoring/detect-anomaly.ts';
import { crossedThreshold } from '../../../layers/monitoring/judge-threshold.ts';
import { readRules } from '../alert-rules/read-rules.ts';
import type { AnomalyCondition, StoredRule, ThresholdCondition } from '../alert-rules/rule-entity.ts';
import { operatorTenant } from '../config.ts';
import { readSeries } from '../metrics/read-series.ts';
import { type Finding, isCoolingDown, updateState } from './fire-rule.ts';

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;
/** CloudWatch shows the last minutes of a metric late: a period is judged a while after its end. */
const settlingMs = 2 * minuteMs;

export async function handler(): Promise<{ judged: number; fired: number; failed: number }> {
  const outcome = { judged: 0, fired: 0, failed: 0 };
  const tenantId = operatorTenant();
  if (tenantId !== undefined) {
    const session = openSession(tenantId);
    for (const rule of await readRules(session)) {
      if (!rule.isActive || rule.conditionType === 'pattern') continue;
      try {
        outcome.judged += 1;
        if (await judge(session, rule)) outcome.fired += 1;
      } catch (error) {
        outcome.failed += 1;
        logger.error('alert rule not judged', { tenantId, ruleId: rule.id, error: error as Error });
      }
    }
  }
  if (outcome.failed > 0) countMetric('AlertRulesFailed', outcome.failed);
  publishMetrics();
  return outcome;
}

async function judge(session: TenantSession, rule: StoredRule): Promise<boolean> {
  const now = session.context.now();
  const finding =
    rule.conditionType === 'threshold'
      ? await judgeThreshold(rule.conditionConfig, Date.parse(now))
      : await judgeAnomaly(rule.conditionConfig as AnomalyCondition, Date.parse(now));
  if (finding === undefined) return false;
  return updateState(session, rule, 'all', (state) =>
    isCoolingDown(state, rule, now) ? undefined : { state: { ...state, lastFiredAt: now }, finding },
  );
}

async function judgeThreshold(condition: ThresholdCondition, nowMs: number): Promise<Finding | undefined> {
  const { metric, statistic, periodMinutes, operator, value: bound, periods } = condition;
  const periodMs = periodMinutes * minuteMs;
  const endMs = lastWhole(nowMs, periodMs);
  const series = await readSeries({
    metric,
    statistic,
    periodSeconds: periodMs / 1000,
    fromMs: endMs - periods * periodMs,
    toMs: endMs,
  });
  const value = crossedThreshold(series, condition, periodMs, endMs);
  if (value === undefined) return undefined;
  return {
    values: { metric, value: shown(value), threshold: shown(bound), count: String(periods) },
    data: { metric, value, operator, threshold: bound, periods, periodMinutes },
  };
}

async function judgeAnomaly(condition: AnomalyCondition, nowMs: number): Promise<Finding | undefined> {
  const { metric, statistic, periodMinutes, sensitivity, direction, season, historyDays } = condition;
  const periodMs = periodMinutes * minuteMs;
  const endMs = lastWhole(nowMs, periodMs);
  const [fromMs, periodSeconds] = [endMs - historyDays * dayMs, periodMs / 1000];
  const series = await readSeries({ metric, statistic, periodSeconds, fromMs, toMs: endMs });
  const latest = series.at(-1);
  if (latest === undefined || latest.atMs !== endMs - periodMs) return undefined;
  const seasonMs = { none: undefined, day: dayMs, week: 7 * dayMs }[season];
  const verdict = detectAnomaly(series.slice(0, -1), latest, { periodMs, seasonMs, sensitivity, direction });
  if (!verdict?.isAnomaly) return undefined;
  const { score, expected, compared } = verdict;
  return {
    values: { metric, value: shown(latest.value), expected: shown(expected), threshold: shown(sensitivity) },
    data: { metric, value: latest.value, expected, score: Number(score.toFixed(2)), compared, periodMinutes },
  };
}

const lastWhole = (nowMs: number, periodMs: number): number => Math.floor((nowMs - settlingMs) / periodMs) * periodMs;

const shown = (value: number): string => String(Number(value.toFixed(2)));
