/** Events the billing domain publishes. A subscriber is a customer as the field has always called it in its messages. */
import * as z from 'zod/mini';
import { storedSchema } from '../../layers/kernel/crud/crud-routes.ts';
import { defineEvent } from '../../layers/kernel/events/define-event.ts';
import { rowEventList } from '../../layers/kernel/events/row-events.ts';
import { advanceLeft } from './accounts/advance-left.ts';
import { bankLineDismissed, bankLineReleased, bankLineSuspended } from './bank-imports/bank-events.ts';
import {
  cashierSessionClosed,
  tillDifferenceFound,
  tillMoneyMoved,
} from './cashier-sessions/cashier-session-events.ts';
import { checkoutChanged } from './checkouts/checkout-events.ts';
import { commandSchema } from './commands/command-schema.ts';
import { customerRowEvents } from './customers/customer-row-events.ts';
import { customerSchema, messageChannels } from './customers/customer-schema.ts';
import { cancelReasons } from './invoices/cancel-reasons.ts';
import { collectiveBillCompleted } from './invoices/collective-events.ts';
import { invoicePaidPayloadSchema, invoicePayloadSchema } from './invoices/invoice-payload.ts';
import { invoiceRowEvents } from './invoices/invoice-row-events.ts';
import { messageRequested } from './messages/message-events.ts';
import { fieldEvents } from './mobile/field-events.ts';
import { paymentHalfWay } from './payments/payment-half-way.ts';
import { paymentRowEvents } from './payments/payment-row-events.ts';
import { paymentMethods, paymentPurposes } from './payments/payment-schema.ts';
import { reversalReasons } from './payments/reversal-reasons.ts';
import { prepaidEvents } from './prepaid/prepaid-events.ts';
import { paymentRefunded, refundChanged } from './refunds/refund-events.ts';
import { reportScheduleEvents } from './report-schedules/schedule-events.ts';
import { supplySchema } from './supplies/supply-schema.ts';
import { subscriberMeterReading } from './supply-readings/reading-events.ts';

const customer = {
  id: 'cus_01JGFJJZ00ABCDEFGHJKMNPQRS',
  accountNumber: '10002345',
  name: 'Ahmed Saleh',
  nameAr: 'أحمد صالح',
  type: 'residential' as const,
  phone: '+967771234567',
  language: 'ar' as const,
  channels: ['sms' as const],
  exemptTaxes: [],
  isProtected: false,
  status: 'active' as const,
  version: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
};
const payload = storedSchema(customerSchema);
const base = { source: 'billing', schemaVersion: 1, aggregateType: 'customer', payload } as const;

export const subscriberCreated = defineEvent({
  ...base,
  type: 'subscriber.created',
  summary: { en: 'A customer was added.', ar: 'أُضيف مشترك.' },
  example: customer,
});

export const subscriberUpdated = defineEvent({
  ...base,
  type: 'subscriber.updated',
  summary: { en: 'A customer was changed.', ar: 'عُدّل مشترك.' },
  example: { ...customer, version: 2, isProtected: true },
});

const supply = {
  id: 'sup_01JGFJJZ00ABCDEFGHJKMNPQRS',
  customerId: customer.id,
  meterId: 'MTR-001',
  tariffId: 'tar_01JGFJJZ00ABCDEFGHJKMNPQRS',
  mode: 'postpaid' as const,
  from: '2026-01-01',
  connectedKw: '7.5',
  phases: 1,
  dwellings: 1,
  version: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
};
const supplyBase = {
  source: 'billing',
  schemaVersion: 1,
  aggregateType: 'supply',
  payload: storedSchema(supplySchema),
} as const;

export const supplyStarted = defineEvent({
  ...supplyBase,
  type: 'supply.started',
  summary: {
    en: 'A customer takes energy at a meter from a day on.',
    ar: 'بدأ مشترك باستهلاك الطاقة عبر عداد ابتداءً من يوم.',
  },
  example: supply,
});

export const supplyEnded = defineEvent({
  ...supplyBase,
  type: 'supply.ended',
  summary: { en: 'A customer leaves a meter.', ar: 'غادر مشترك عدادًا.' },
  example: { ...supply, to: '2026-06-16', version: 2 },
});

export const tariffPublished = defineEvent({
  type: 'tariff.published',
  source: 'billing',
  schemaVersion: 1,
  aggregateType: 'tariff',
  summary: { en: 'A version of a tariff was published.', ar: 'نُشرت نسخة من تعرفة.' },
  payload: z.object({
    tariffId: z.string(),
    code: z.string(),
    /** First local day it holds. */
    from: z.string(),
    currency: z.string(),
  }),
  example: { tariffId: 'tar_01JGFJJZ00ABCDEFGHJKMNPQRS', code: 'residential', from: '2026-07-01', currency: 'YER' },
});

const invoice = {
  invoiceId: 'inv_01JGFJJZ00ABCDEFGHJKMNPQRS',
  invoiceNumber: '1000234505-20260430',
  kind: 'invoice' as const,
  customerId: customer.id,
  customerType: customer.type,
  accountNumber: '1000234505',
  periodFrom: '2026-04-01',
  periodTo: '2026-05-01',
  issueDate: '2026-05-02',
  dueDate: '2026-05-16',
  currency: 'YER',
  totalAmount: '14250.00',
  taxAmount: '0.00',
  fixedCharges: '500.00',
  dueAmount: '14250.00',
  estimated: false,
};

const invoiceBase = { source: 'billing', schemaVersion: 1, aggregateType: 'invoice' } as const;

export const invoiceCreated = defineEvent({
  ...invoiceBase,
  type: 'invoice.created',
  summary: { en: 'An invoice or a difference note was issued.', ar: 'صدرت فاتورة أو إشعار فرق.' },
  payload: invoicePayloadSchema,
  example: invoice,
});

export const invoicePaid = defineEvent({
  ...invoiceBase,
  type: 'invoice.paid',
  summary: { en: 'An invoice was paid in full.', ar: 'سُددت فاتورة بالكامل.' },
  payload: invoicePaidPayloadSchema,
  example: {
    invoiceId: invoice.invoiceId,
    invoiceNumber: invoice.invoiceNumber,
    customerId: customer.id,
    currency: 'YER',
    totalAmount: '14250.00',
    paidAt: '2026-05-10T08:00:00.000Z',
  },
});

export const invoiceOverdue = defineEvent({
  ...invoiceBase,
  type: 'invoice.overdue',
  summary: { en: 'An invoice was not paid by the day it was due.', ar: 'لم تُسدد فاتورة حتى يوم استحقاقها.' },
  payload: z.extend(invoicePayloadSchema, {
    /** Whether a reminder of dunning goes out for it at the same time. */
    isReminded: z.optional(z.boolean()),
  }),
  example: { ...invoice, isReminded: false },
});

export const invoiceReminder = defineEvent({
  ...invoiceBase,
  type: 'invoice.reminder',
  summary: { en: 'A customer is to be reminded of an invoice.', ar: 'حان تذكير مشترك بفاتورة.' },
  payload: z.extend(invoicePayloadSchema, { step: z.string(), channels: z.array(z.enum(messageChannels)) }),
  example: { ...invoice, step: 'first-reminder', channels: ['sms' as const] },
});

export const invoiceCancelled = defineEvent({
  ...invoiceBase,
  type: 'invoice.cancelled',
  summary: { en: 'An invoice was cancelled by a credit note.', ar: 'أُلغيت فاتورة بإشعار دائن.' },
  payload: z.extend(invoicePayloadSchema, {
    /** The office's own words; the credit note has those of `reasonCode`. */
    reason: z.string(),
    reasonCode: z.optional(z.enum(cancelReasons)),
  }),
  example: { ...invoice, reason: 'Wrong meter', reasonCode: 'wrong_customer' as const },
});

const payment = {
  paymentId: 'pay_01JGFJJZ00ABCDEFGHJKMNPQRS',
  paymentNumber: '1000234505-GHJKMNPQ',
  customerId: customer.id,
  amount: '15000.00',
  currency: 'YER',
  method: 'cash' as const,
  /** `debt`: settles invoices, or waits for them. */
  purpose: 'debt' as const,
  receivedAt: '2026-05-10T08:00:00.000Z',
  allocations: [{ invoiceId: invoice.invoiceId, invoiceNumber: invoice.invoiceNumber, amount: '14250.00' }],
  advanceAmount: '750.00',
};

const paymentPayload = z.object({
  paymentId: z.string(),
  paymentNumber: z.string(),
  customerId: z.string(),
  amount: z.string(),
  currency: z.string(),
  method: z.enum(paymentMethods),
  purpose: z.enum(paymentPurposes),
  /** Of a prepaid purchase: where the energy is taken. */
  supplyId: z.optional(z.string()),
  /** Of a payment that came by a provider. */
  provider: z.optional(z.string()),
  receivedAt: z.string(),
  allocations: z.array(z.object({ invoiceId: z.string(), invoiceNumber: z.string(), amount: z.string() })),
  /** What no invoice needed. */
  advanceAmount: z.string(),
});

const paymentBase = { source: 'billing', schemaVersion: 1, payload: paymentPayload, example: payment } as const;

export const paymentReceived = defineEvent({
  ...paymentBase,
  type: 'payment.received',
  aggregateType: 'payment',
  summary: { en: 'A payment was received.', ar: 'استُلمت دفعة.' },
});

export const subscriberPayment = defineEvent({
  ...paymentBase,
  type: 'subscriber.payment',
  aggregateType: 'customer',
  summary: {
    en: 'A customer paid: `payment.received` in the order of the customer’s own events.',
    ar: 'دفع مشترك: `payment.received` بترتيب أحداث المشترك نفسه.',
  },
});

export const paymentReversed = defineEvent({
  source: 'billing',
  schemaVersion: 1,
  type: 'payment.reversed',
  aggregateType: 'payment',
  summary: { en: 'A payment was taken back.', ar: 'عُكست دفعة.' },
  payload: z.extend(paymentPayload, {
    /** The office's own words; the customer is told those of `reasonCode`. */
    reason: z.string(),
    reasonCode: z.optional(z.enum(reversalReasons)),
    /** Of money that had been used: the invoice by which it is owed now, and how much of it. */
    debtInvoiceId: z.optional(z.string()),
    debtAmount: z.optional(z.string()),
  }),
  example: { ...payment, reason: 'Cheque bounced', reasonCode: 'returned_by_bank' as const },
});

export const meterCommandChanged = defineEvent({
  source: 'billing',
  schemaVersion: 1,
  type: 'meter.command_changed',
  aggregateType: 'meter',
  summary: {
    en: 'A command to a meter was requested, approved, sent, confirmed, or ended otherwise.',
    ar: 'طُلب أمر لعداد أو وُوفق عليه أو أُرسل أو تأكد أو انتهى بغير ذلك.',
  },
  payload: storedSchema(commandSchema),
  example: {
    id: 'cmd_01JGFJJZ00ABCDEFGHJKMNPQRS',
    meterId: 'MTR-001',
    stationId: 'ST-001',
    customerId: customer.id,
    command: 'disconnect' as const,
    reason: 'Unpaid since March',
    status: 'confirmed' as const,
    requestedBy: 'usr_01JGFJJZ00ABCDEFGHJKMNPQRS',
    requestedAt: '2026-06-15T09:00:00.000Z',
    approvedBy: 'usr_01JGFJK000ABCDEFGHJKMNPQRS',
    approvedAt: '2026-06-15T09:05:00.000Z',
    attempts: 1,
    sentAt: '2026-06-15T09:05:01.000Z',
    confirmedBy: 'status' as const,
    endedAt: '2026-06-15T09:05:09.000Z',
    version: 4,
    createdAt: '2026-06-15T09:00:00.000Z',
    updatedAt: '2026-06-15T09:05:09.000Z',
  },
});

export const billingEvents = [
  bankLineDismissed,
  bankLineReleased,
  bankLineSuspended,
  subscriberMeterReading,
  cashierSessionClosed,
  checkoutChanged,
  paymentRefunded,
  refundChanged,
  tillDifferenceFound,
  tillMoneyMoved,
  ...fieldEvents,
  messageRequested,
  ...prepaidEvents,
  ...reportScheduleEvents,
  ...[customerRowEvents, invoiceRowEvents, paymentRowEvents].flatMap(rowEventList),
  meterCommandChanged,

  paymentReceived,
  subscriberPayment,
  paymentReversed,
  paymentHalfWay,
  advanceLeft,

  invoiceCreated,
  invoicePaid,
  invoiceOverdue,
  invoiceReminder,
  invoiceCancelled,
  collectiveBillCompleted,
  subscriberCreated,
  subscriberUpdated,
  supplyStarted,
  supplyEnded,
  tariffPublished,
];
