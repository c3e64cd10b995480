/** What a tenant can count of its own business: which events each metric is made of, and what CloudWatch calls the sum of all tenants. */
import type { EventEnvelope } from '../../../layers/kernel/events/envelope.ts';
import type { Translated } from '../../../layers/kernel/i18n/locale.ts';
import { countMetric } from '../../../layers/kernel/observability/logger.ts';

export interface BusinessMetric {
  title: Translated;
  /** What one event adds. @default 1 */
  countOf?: (payload: unknown) => number;
  eventType: string;
  /** Counts it for the installation. Absent where the domain itself does. */
  countForAll?: () => void;
}

const rowsOf = (payload: unknown): number => {
  const { readings } = payload as { readings?: unknown };
  return Array.isArray(readings) ? readings.length : 0;
};

const businessCatalogue = {
  readings: {
    eventType: 'meter.reading',
    title: { en: 'Readings of meters', ar: 'قراءات العدادات' },
    countOf: rowsOf,
  },
  invoices_created: {
    eventType: 'invoice.created',
    title: { en: 'Invoices created', ar: 'الفواتير الصادرة' },
    countForAll: () => countMetric('InvoicesCreated'),
  },
  invoices_paid: {
    eventType: 'invoice.paid',
    title: { en: 'Invoices paid', ar: 'الفواتير المدفوعة' },
    countForAll: () => countMetric('InvoicesPaid'),
  },
  invoices_overdue: {
    eventType: 'invoice.overdue',
    title: { en: 'Invoices that became overdue', ar: 'الفواتير المتأخرة' },
    countForAll: () => countMetric('InvoicesOverdue'),
  },
  payments_received: {
    eventType: 'payment.received',
    title: { en: 'Payments received', ar: 'المدفوعات المستلمة' },
    countForAll: () => countMetric('PaymentsReceived'),
  },
  payments_reversed: {
    eventType: 'payment.reversed',
    title: { en: 'Payments reversed', ar: 'المدفوعات المعكوسة' },
    countForAll: () => countMetric('PaymentsReversed'),
  },
  alarms_raised: {
    eventType: 'alert.raised',
    title: { en: 'Alarms of the network raised', ar: 'إنذارات الشبكة الصادرة' },
    countForAll: () => countMetric('AlarmsRaised'),
  },
  alarms_closed: {
    eventType: 'alert.closed',
    title: { en: 'Alarms of the network closed', ar: 'إنذارات الشبكة المغلقة' },
    countForAll: () => countMetric('AlarmsClosed'),
  },
} as const satisfies Record<string, BusinessMetric>;

export type BusinessMetricName = keyof typeof businessCatalogue;
export const businessMetricNames = Object.keys(businessCatalogue) as [BusinessMetricName, ...BusinessMetricName[]];
export const businessMetricOf = (name: BusinessMetricName): BusinessMetric => businessCatalogue[name];

const namesByType = new Map(businessMetricNames.map((name) => [businessCatalogue[name].eventType as string, name]));

/** Which metric an event counts for, and how much; undefined for all the others. */
export function countedIn({
  type,
  payload,
}: Pick<EventEnvelope, 'type' | 'payload'>): { name: BusinessMetricName; count: number } | undefined {
  const name = namesByType.get(type);
  if (name === undefined) return undefined;
  const count = businessMetricOf(name).countOf?.(payload) ?? 1;
  return count > 0 ? { name, count } : undefined;
}
