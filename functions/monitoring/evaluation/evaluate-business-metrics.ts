/** Schedule `business-rules`: once an hour, the counters of every tenant are held against the rules the tenant made on them. */
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { countMetric, logger, publishMetrics } from '../../../layers/kernel/observability/logger.ts';
import { sideBySide } from '../../../layers/kernel/side-by-side.ts';
import { tenantIds } from '../../identity/contract.ts';
import { readRules } from '../alert-rules/read-rules.ts';
import { isMetricRule, scopeOf } from '../alert-rules/rule-entity.ts';
import type { BusinessMetricName } from '../business-metrics/business-catalogue.ts';
import { readCounts } from '../business-metrics/business-hours.ts';
import { readMetricSettings } from '../business-metrics/metric-settings.ts';
import { judgeMetricRules, type Outcome, type Series } from './judge-metric-rules.ts';

const tenantsAtATime = 10;

export async function handler(): Promise<Outcome> {
  const outcome = { judged: 0, fired: 0, failed: 0 };
  const tenants: string[] = [];
  for await (const tenantId of tenantIds()) tenants.push(tenantId);
  await sideBySide(tenants, tenantsAtATime, async (tenantId) => {
    try {
      await judgeTenant(openSession(tenantId), outcome);
    } catch (error) {
      outcome.failed += 1;
      logger.error('alert rules not judged', { tenantId, error: error as Error });
    }
  });
  if (outcome.failed > 0) countMetric('AlertRulesFailed', outcome.failed);
  publishMetrics();
  return outcome;
}

async function judgeTenant(session: TenantSession, outcome: Outcome): Promise<void> {
  const rules = (await readRules(session)).filter(isMetricRule);
  const judged = rules.filter((rule) => rule.isActive && scopeOf(rule) === 'tenant');
  if (judged.length === 0) return;
  const { retentionDays } = await readMetricSettings(session);
  const counters: Series = {
    // An event counts in the hour it happened in; what comes later than this is counted, and not judged.
    settlingMs: 10 * 60_000,
    async read(condition, periodMs, fromMs, toMs) {
      const metric = condition.metric as BusinessMetricName;
      const points = await readCounts(session, metric, { fromMs, toMs, periodMs, retentionDays });
      // What is usual is learned from when there was anything: the time before a tenant began would make every start unusual.
      return 'historyDays' in condition ? points.slice(points.findIndex(({ value }) => value > 0)) : points;
    },
  };
  await judgeMetricRules(session, judged, counters, outcome);
}
