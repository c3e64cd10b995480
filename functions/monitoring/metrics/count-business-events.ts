/**
 * Counts what the people who run the business look at: invoices, payments, alarms. They are counted where every event
 * passes anyhow, so that the domains need not know who looks; one that comes again is counted again, as with every metric
 * that is a rate and not a balance.
 */
import { countMetric } from '../../../layers/kernel/observability/logger.ts';

const counters: Readonly<Record<string, () => void>> = {
  'invoice.created': () => countMetric('InvoicesCreated'),
  'invoice.paid': () => countMetric('InvoicesPaid'),
  'invoice.overdue': () => countMetric('InvoicesOverdue'),
  'payment.received': () => countMetric('PaymentsReceived'),
  'payment.reversed': () => countMetric('PaymentsReversed'),
  'alert.raised': () => countMetric('AlarmsRaised'),
  'alert.closed': () => countMetric('AlarmsClosed'),
};

export const countBusinessEvent = (type: string): void => counters[type]?.();
