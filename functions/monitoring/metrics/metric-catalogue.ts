/** The metrics of the installation that can be read and watched: what each is, and where CloudWatch keeps it. */
import type { Translated } from '../../../layers/kernel/i18n/locale.ts';

export const metricTypes = ['counter', 'gauge', 'histogram', 'summary'] as const;
export type MetricType = (typeof metricTypes)[number];

export const statistics = ['sum', 'average', 'minimum', 'maximum', 'count', 'p50', 'p90', 'p95', 'p99'] as const;
export type Statistic = (typeof statistics)[number];

/** One metric of CloudWatch. `perApi` stands for one of each HTTP API, put together. */
export interface MetricSource {
  namespace: string;
  metric: string;
  dimensions?: Record<string, string>;
  perApi?: boolean;
  /** A label with all its values: one metric of CloudWatch each, put together. */
  overLabel?: { label: string; values: readonly string[] };
}

export interface CataloguedMetric {
  type: MetricType;
  unit: 'count' | 'percent' | 'milliseconds';
  title: Translated;
  /** The first is the usual one. */
  statistics: readonly Statistic[];
  source: MetricSource;
  /** A rate: 100 × source / this, in periods where this is at least `least`. */
  outOf?: MetricSource & { least: number };
}

const api = (metric: string): MetricSource => ({ namespace: 'AWS/ApiGateway', metric, perApi: true });
/** Lambda publishes these over all functions of the account and region as well. */
const lambda = (metric: string): MetricSource => ({ namespace: 'AWS/Lambda', metric });
/** Counted by functions of ours, in the embedded metric format. */
const own = (service: string, metric: string): MetricSource => ({
  namespace: 'Mizan',
  metric,
  dimensions: { service },
});

const alertWays = { label: 'way', values: ['email', 'sms', 'webhook', 'slack'] } as const;

const counter = (source: MetricSource, en: string, ar: string): CataloguedMetric => ({
  type: 'counter',
  unit: 'count',
  title: { en, ar },
  statistics: ['sum'],
  source,
});
const latency: readonly Statistic[] = ['p95', 'p50', 'p90', 'p99', 'average', 'maximum'];

const metricCatalogue = {
  api_requests: counter(api('Count'), 'HTTP requests', 'طلبات HTTP'),
  api_error_rate: {
    type: 'gauge',
    unit: 'percent',
    title: { en: 'HTTP requests that fail on our side', ar: 'نسبة الطلبات الفاشلة' },
    statistics: ['sum'],
    source: api('5xx'),
    outOf: { ...api('Count'), least: 20 },
  },
  api_latency: {
    type: 'summary',
    unit: 'milliseconds',
    title: { en: 'Time to answer an HTTP request', ar: 'زمن الاستجابة' },
    statistics: latency,
    source: api('Latency'),
  },
  function_invocations: counter(lambda('Invocations'), 'Function runs', 'مرات تشغيل الدوال'),
  function_errors: counter(lambda('Errors'), 'Functions that crash or time out', 'أخطاء الدوال'),
  function_error_rate: {
    type: 'gauge',
    unit: 'percent',
    title: { en: 'Function runs that fail', ar: 'نسبة إخفاق الدوال' },
    statistics: ['sum'],
    source: lambda('Errors'),
    outOf: { ...lambda('Invocations'), least: 20 },
  },
  function_throttles: counter(lambda('Throttles'), 'Function runs refused for want of room', 'تشغيل مرفوض'),
  function_duration: {
    type: 'histogram',
    unit: 'milliseconds',
    title: { en: 'How long functions run', ar: 'مدة تشغيل الدوال' },
    statistics: latency,
    source: lambda('Duration'),
  },
  event_lag: {
    type: 'summary',
    unit: 'milliseconds',
    title: { en: 'Time from a change to those who react to it', ar: 'الزمن من التغيير إلى من يتفاعل معه' },
    statistics: latency,
    source: own('monitoring', 'EventLag'),
  },
  alert_action_duration: {
    type: 'histogram',
    unit: 'milliseconds',
    title: { en: 'Time to tell somebody of an alert', ar: 'زمن إرسال تنبيه' },
    statistics: latency,
    source: { ...own('monitoring', 'AlertActionDuration'), overLabel: alertWays },
  },
  alert_actions_failed: counter(
    { ...own('monitoring', 'AlertActionsFailed'), overLabel: alertWays },
    'Alerts that could not be told',
    'تنبيهات تعذر إرسالها',
  ),
  readings_accepted: counter(own('metering', 'ReadingsAccepted'), 'Readings accepted', 'القراءات المقبولة'),
  readings_rejected: counter(own('metering', 'ReadingsRejected'), 'Readings rejected', 'القراءات المرفوضة'),
  invoices_created: counter(own('monitoring', 'InvoicesCreated'), 'Invoices created', 'الفواتير الصادرة'),
  invoices_paid: counter(own('monitoring', 'InvoicesPaid'), 'Invoices paid', 'الفواتير المدفوعة'),
  payments_received: counter(own('monitoring', 'PaymentsReceived'), 'Payments received', 'المدفوعات المستلمة'),
  payments_reversed: counter(own('monitoring', 'PaymentsReversed'), 'Payments reversed', 'المدفوعات المعكوسة'),
  alarms_raised: counter(own('monitoring', 'AlarmsRaised'), 'Alarms of the network raised', 'إنذارات الشبكة الصادرة'),
  webhook_deliveries_succeeded: counter(
    own('platform', 'WebhookDeliveriesSucceeded'),
    'Webhook deliveries that succeed',
    'عمليات التسليم الناجحة',
  ),
  webhook_deliveries_failed: counter(
    own('platform', 'WebhookDeliveriesFailed'),
    'Webhook deliveries that fail',
    'عمليات التسليم الفاشلة',
  ),
} as const satisfies Record<string, CataloguedMetric>;

export type MetricName = keyof typeof metricCatalogue;
export const metricNames = Object.keys(metricCatalogue) as [MetricName, ...MetricName[]];
export const metricOf = (name: MetricName): CataloguedMetric => metricCatalogue[name];
