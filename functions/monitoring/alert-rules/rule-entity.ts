/** An alert rule (the documented `alert_rules`), and what it remembers between evaluations. */
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import type { Locale, Translated } from '../../../layers/kernel/i18n/locale.ts';
import type { ThresholdOperator } from '../../../layers/monitoring/judge-threshold.ts';
import type { PayloadFilter } from '../../../layers/webhooks/payload-filter.ts';
import type { BusinessMetricName } from '../business-metrics/business-catalogue.ts';
import type { MetricName, Statistic } from '../metrics/metric-catalogue.ts';

/** Whose metrics: those of the installation, which CloudWatch keeps, or the tenant's own counters. */
export const metricScopes = ['installation', 'tenant'] as const;
export type MetricScope = (typeof metricScopes)[number];

interface Watched {
  /** @default installation */
  scope?: MetricScope | undefined;
  metric: MetricName | BusinessMetricName;
  statistic?: Statistic | undefined;
  periodMinutes: number;
}

export interface ThresholdCondition extends Watched {
  operator: ThresholdOperator;
  value: number;
  periods: number;
}

export interface AnomalyCondition extends Watched {
  sensitivity: number;
  direction: 'above' | 'below' | 'both';
  season: 'none' | 'day' | 'week';
  historyDays: number;
}

export interface PatternCondition {
  eventTypes: string[];
  filter?: PayloadFilter | undefined;
  count: number;
  windowMinutes: number;
  groupBy: 'rule' | 'aggregate';
}

export type RuleCondition =
  | { conditionType: 'threshold'; conditionConfig: ThresholdCondition }
  | { conditionType: 'anomaly'; conditionConfig: AnomalyCondition }
  | { conditionType: 'pattern'; conditionConfig: PatternCondition };

export type ActionMoment = 'raise' | 'escalate' | 'both';

interface ActionBase {
  id: string;
  on: ActionMoment;
  locale: Locale;
}

export type RuleAction =
  | (ActionBase & { type: 'email' | 'sms'; to: string })
  /** Addresses may hold a secret, those of Slack always do: they are sealed, and shown without it. */
  | (ActionBase & { type: 'webhook' | 'slack'; sealedUrl: string; shownUrl: string });

export type AlertRule = RuleCondition & {
  id: string;
  name: string;
  description?: string | undefined;
  alertType: 'performance' | 'security' | 'system' | 'business';
  severity: 'info' | 'warning' | 'error' | 'critical';
  titleTemplate: Translated;
  descriptionTemplate?: Translated | undefined;
  actions: RuleAction[];
  isActive: boolean;
  cooldownMinutes: number;
  escalateAfterMinutes?: number | undefined;
  expiresAfterMinutes?: number | undefined;
  createdBy?: string | undefined;
};

export type StoredRule = AlertRule & Stored;

export type MetricCondition = ThresholdCondition | AnomalyCondition;
export type MetricRule = StoredRule & Exclude<RuleCondition, { conditionType: 'pattern' }>;

export const isMetricRule = (rule: StoredRule): rule is MetricRule => rule.conditionType !== 'pattern';
export const scopeOf = ({ conditionConfig }: MetricRule): MetricScope => conditionConfig.scope ?? 'installation';

export const rulesPartition = ['ALERT-RULES'] as const;

export const ruleEntity = defineEntity<AlertRule>()({
  name: 'alert rule',
  table: 'monitoring',
  key: ({ id }) => ({ pk: rulesPartition, sk: [id] }),
  idOf: ({ id }) => id,
  secretAttributes: ['actions'],
});

/** A rule remembers by group: all of its events together, or those of one aggregate. */
export interface RuleState {
  ruleId: string;
  group: string;
  /** Events within the window that did not raise an alert yet. */
  hits: { eventId: string; at: string }[];
  /** Events of the last alert, so that one that comes again does not count again. */
  spentEventIds: string[];
  lastFiredAt?: string;
  /** Of a rule on a metric: end of the period the last alert was about. A period is looked at more than once. */
  firedUntil?: string;
}

const keepDays = 8;

export const ruleStateEntity = defineEntity<RuleState, Pick<RuleState, 'ruleId' | 'group'>>()({
  name: 'alert rule state',
  table: 'monitoring',
  key: ({ ruleId, group }) => ({ pk: ['RULE-STATE', ruleId], sk: [group] }),
  idOf: ({ ruleId, group }) => `${ruleId} ${group}`,
  // Longer than any window, cooldown or period: what was not written for so long has nothing left to say.
  expiresAt: (state) => Math.floor(Date.parse((state as RuleState & Stored).updatedAt) / 1000) + keepDays * 86_400,
});
