/**
 * The technical alerts every installation starts with: error rate, slow response, service down, storage low, security.
 * They are there without a row of anybody's; who changes one stores a rule of his own under its id. Those on metrics of the
 * installation are the operator tenant's, those on events every tenant's.
 */
import type { AlertRule, StoredRule } from './rule-entity.ts';

type DefaultRule = AlertRule & { id: DefaultRuleId };

const defaultRuleIds = [
  'high-error-rate',
  'slow-response',
  'service-down',
  'storage-low',
  'security-incidents',
] as const;
export type DefaultRuleId = (typeof defaultRuleIds)[number];

const common = { actions: [], isActive: true, cooldownMinutes: 15 };

const rules: readonly DefaultRule[] = [
  {
    ...common,
    id: 'high-error-rate',
    name: 'High error rate',
    conditionType: 'threshold',
    conditionConfig: { metric: 'api_error_rate', periodMinutes: 5, operator: '>=', value: 5, periods: 1 },
    alertType: 'system',
    severity: 'error',
    titleTemplate: {
      en: '{value} % of HTTP requests fail',
      ar: '{value}٪ من طلبات HTTP تفشل',
    },
    descriptionTemplate: {
      en: 'The limit is {threshold} %. Runbook: docs/runbooks/http-errors.md',
      ar: 'الحد هو {threshold}٪. دليل المعالجة: docs/runbooks/http-errors.md',
    },
    escalateAfterMinutes: 30,
    expiresAfterMinutes: 180,
  },
  {
    ...common,
    id: 'slow-response',
    name: 'Slow response',
    conditionType: 'threshold',
    conditionConfig: {
      metric: 'api_latency',
      statistic: 'p95',
      periodMinutes: 5,
      operator: '>=',
      value: 2000,
      periods: 3,
    },
    alertType: 'performance',
    severity: 'warning',
    titleTemplate: {
      en: 'HTTP requests take {value} ms',
      ar: 'الاستجابة لطلبات HTTP تستغرق {value} مللي ثانية',
    },
    descriptionTemplate: {
      en: 'One in twenty takes longer; the limit is {threshold} ms. Runbook: docs/runbooks/http-latency.md',
      ar: 'واحد من كل عشرين يستغرق أكثر؛ الحد هو {threshold} مللي ثانية. دليل المعالجة: docs/runbooks/http-latency.md',
    },
    expiresAfterMinutes: 180,
  },
  {
    ...common,
    id: 'service-down',
    name: 'Service down',
    conditionType: 'threshold',
    conditionConfig: { metric: 'api_error_rate', periodMinutes: 5, operator: '>=', value: 50, periods: 2 },
    alertType: 'system',
    severity: 'critical',
    titleTemplate: {
      en: 'The service is down: {value} % of requests fail',
      ar: 'الخدمة متوقفة: {value}٪ من الطلبات تفشل',
    },
    descriptionTemplate: {
      en: 'For ten minutes at least. Runbook: docs/runbooks/http-errors.md',
      ar: 'منذ عشر دقائق على الأقل. دليل المعالجة: docs/runbooks/http-errors.md',
    },
    expiresAfterMinutes: 180,
  },
  {
    ...common,
    id: 'storage-low',
    name: 'Storage low',
    conditionType: 'pattern',
    conditionConfig: {
      // Whoever keeps things on a disk, such as the gateway of a station, reports under this key.
      eventTypes: ['system.alert'],
      filter: { dedupeKey: [{ prefix: 'storage-low/' }] },
      count: 1,
      windowMinutes: 60,
      groupBy: 'aggregate',
    },
    cooldownMinutes: 240,
    alertType: 'system',
    severity: 'warning',
    titleTemplate: { en: 'Storage runs low: {aggregateId}', ar: 'مساحة التخزين منخفضة: {aggregateId}' },
    escalateAfterMinutes: 240,
  },
  {
    ...common,
    id: 'security-incidents',
    name: 'Security',
    conditionType: 'pattern',
    conditionConfig: {
      eventTypes: ['system.alert'],
      filter: { alertType: ['security'] },
      count: 3,
      windowMinutes: 60,
      groupBy: 'rule',
    },
    cooldownMinutes: 60,
    alertType: 'security',
    severity: 'critical',
    titleTemplate: { en: '{count} security alerts within an hour', ar: '{count} تنبيهات أمنية خلال ساعة' },
    escalateAfterMinutes: 15,
  },
];

/** Since when the defaults are there; they have no rows. */
const since = '2026-01-01T00:00:00.000Z';

export const defaultRules: readonly StoredRule[] = rules.map((rule) => ({
  ...rule,
  // Below the first version of a row, so that a change of somebody's is never mistaken for the default.
  version: 0,
  createdAt: since,
  updatedAt: since,
}));

export const isDefaultRuleId = (id: string): id is DefaultRuleId => (defaultRuleIds as readonly string[]).includes(id);
