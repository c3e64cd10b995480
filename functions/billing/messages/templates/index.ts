/** Every message customers can get, by the name callers and settings use. */
import {
  disconnectionWarning,
  invoiceOverdue,
  invoiceReminder,
  meterDisconnected,
  meterReconnected,
  meterSwitchedOff,
} from './collection-templates.ts';
import { collectiveBillIssued, collectiveBillOverdue, collectiveBillReminder } from './collective-templates.ts';
import type { CustomerTemplate } from './define-template.ts';
import { differenceNoteIssued, invoiceCancelled, invoiceIssued, lateFeeCharged } from './invoice-templates.ts';
import { meterToken, paymentReceived, paymentReversed, prepaidToken, statementIssued } from './payment-templates.ts';
import { ticketAnswered, ticketOpened, ticketResolved } from './ticket-templates.ts';

export const templates = {
  invoice_issued: invoiceIssued,
  difference_note_issued: differenceNoteIssued,
  late_fee_charged: lateFeeCharged,
  invoice_cancelled: invoiceCancelled,
  invoice_reminder: invoiceReminder,
  invoice_overdue: invoiceOverdue,
  collective_bill_issued: collectiveBillIssued,
  collective_bill_reminder: collectiveBillReminder,
  collective_bill_overdue: collectiveBillOverdue,
  disconnection_warning: disconnectionWarning,
  meter_disconnected: meterDisconnected,
  meter_switched_off: meterSwitchedOff,
  meter_reconnected: meterReconnected,
  payment_received: paymentReceived,
  payment_reversed: paymentReversed,
  prepaid_token: prepaidToken,
  meter_token: meterToken,
  statement_issued: statementIssued,
  ticket_opened: ticketOpened,
  ticket_answered: ticketAnswered,
  ticket_resolved: ticketResolved,
} as const satisfies Record<string, CustomerTemplate<any>>;

export type TemplateName = keyof typeof templates;
export const templateNames = Object.keys(templates) as [TemplateName, ...TemplateName[]];

/** One message for all invoices of a customer who wants it so: whether it goes out by itself is said of that of one invoice. */
type CollectiveName = Extract<TemplateName, `collective_${string}`>;
export const automaticNames = templateNames.filter((name) => !name.startsWith('collective_')) as [
  Exclude<TemplateName, CollectiveName>,
  ...Exclude<TemplateName, CollectiveName>[],
];

/** The values a template needs, all of them text as customers read it. */
export type TemplateValues<T extends TemplateName> = Record<(typeof templates)[T]['values'][number], string>;

export const templateOf = (name: TemplateName): CustomerTemplate => templates[name];
