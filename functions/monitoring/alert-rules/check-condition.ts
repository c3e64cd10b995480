/** What a condition on a metric must agree with: the metrics of its scope, and what each of them knows. */
import { businessMetricNames } from '../business-metrics/business-catalogue.ts';
import { type MetricName, metricNames, metricOf, type Statistic } from '../metrics/metric-catalogue.ts';
import type { AnomalyCondition, MetricCondition, MetricScope } from './rule-entity.ts';

export interface ConditionProblem {
  field: string;
  en: string;
  ar: string;
}

const minutesOf: Record<MetricScope, readonly number[]> = { installation: [5, 15, 60], tenant: [60, 1440] };

/** The first thing wrong with a condition, if anything is. */
export function conditionProblem(condition: MetricCondition): ConditionProblem | undefined {
  const { scope = 'installation', metric, statistic, periodMinutes } = condition;
  const metrics: readonly string[] = scope === 'tenant' ? businessMetricNames : metricNames;
  if (!metrics.includes(metric))
    return {
      field: 'metric',
      en: `Not a metric of the scope "${scope}". Known are ${metrics.join(', ')}.`,
      ar: `ليس من مقاييس النطاق "${scope}". المعروفة هي ${metrics.join('، ')}.`,
    };
  // A counter of a tenant is a sum and nothing else.
  const known: readonly Statistic[] = scope === 'tenant' ? ['sum'] : metricOf(metric as MetricName).statistics;
  if (statistic !== undefined && !known.includes(statistic))
    return {
      field: 'statistic',
      en: `${metric} knows the statistics ${known.join(', ')}.`,
      ar: `${metric} يعرف الإحصاءات ${known.join('، ')}.`,
    };
  const minutes = minutesOf[scope];
  if (!minutes.includes(periodMinutes))
    return {
      field: 'periodMinutes',
      en: `In the scope "${scope}" periods have ${minutes.join(' or ')} minutes.`,
      ar: `فترات النطاق "${scope}" هي ${minutes.join(' أو ')} دقيقة.`,
    };
  return 'historyDays' in condition ? historyProblem(condition) : undefined;
}

function historyProblem({ season, historyDays, periodMinutes }: AnomalyCondition): ConditionProblem | undefined {
  if (season === 'week' && historyDays < 21)
    return {
      field: 'historyDays',
      en: 'Weeks are compared over 21 days or more.',
      ar: 'تُقارن الأسابيع على مدى 21 يومًا أو أكثر.',
    };
  if (season === 'day' && periodMinutes === 1440)
    return {
      field: 'season',
      en: 'Whole days have no season of a day: say "none" or "week".',
      ar: 'لا موسم يوميًا للأيام الكاملة: استخدم "none" أو "week".',
    };
  return undefined;
}
