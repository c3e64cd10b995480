/** Schedule `metric-rules`: holds the metrics of the installation against the rules of the tenant that runs it. */
import { openSession } from '../../../layers/kernel/data/session.ts';
import { countMetric, publishMetrics } from '../../../layers/kernel/observability/logger.ts';
import { readRules } from '../alert-rules/read-rules.ts';
import { isMetricRule, scopeOf } from '../alert-rules/rule-entity.ts';
import { operatorTenant } from '../config.ts';
import type { MetricName } from '../metrics/metric-catalogue.ts';
import { readSeries } from '../metrics/read-series.ts';
import { judgeMetricRules, type Outcome, type Series } from './judge-metric-rules.ts';

const installation: Series = {
  // CloudWatch shows the last minutes of a metric late.
  settlingMs: 2 * 60_000,
  read: ({ metric, statistic }, periodMs, fromMs, toMs) =>
    readSeries({ metric: metric as MetricName, statistic, periodSeconds: periodMs / 1000, fromMs, toMs }),
};

export async function handler(): Promise<Outcome> {
  const outcome = { judged: 0, fired: 0, failed: 0 };
  const tenantId = operatorTenant();
  if (tenantId !== undefined) {
    const session = openSession(tenantId);
    const rules = (await readRules(session)).filter(isMetricRule);
    const judged = rules.filter((rule) => rule.isActive && scopeOf(rule) === 'installation');
    await judgeMetricRules(session, judged, installation, outcome);
  }
  if (outcome.failed > 0) countMetric('AlertRulesFailed', outcome.failed);
  publishMetrics();
  return outcome;
}
