/**
 * What customers' telephones show of a message. A locked screen is read by whoever holds it, so neither tokens nor names nor
 * numbers are in it, and amounts where the tenant's settings allow them alone; the app shows the rest.
 */
import type { TemplateName } from './index.ts';

interface PushText {
  en: string;
  ar: string;
  /** With values of the message, for tenants that allow amounts. */
  withAmounts?: { en: string; ar: string };
}

const bill = {
  en: 'Please pay {due} by {dueDate}.',
  ar: 'يرجى سداد {due} في موعد أقصاه {dueDate}.',
};

export const pushTexts: Record<TemplateName, PushText> = {
  invoice_issued: {
    en: 'Your bill is ready.',
    ar: 'فاتورتكم جاهزة.',
    withAmounts: { en: `Your bill of {amount} is ready. ${bill.en}`, ar: `فاتورتكم بمبلغ {amount} جاهزة. ${bill.ar}` },
  },
  difference_note_issued: {
    en: 'Your bill was corrected.',
    ar: 'صُححت فاتورتكم.',
    withAmounts: { en: 'Your bill was corrected by {amount}.', ar: 'صُححت فاتورتكم بفرق {amount}.' },
  },
  late_fee_charged: {
    en: 'A late fee was charged.',
    ar: 'أضيفت غرامة تأخير.',
    withAmounts: { en: 'A late fee of {amount} was charged.', ar: 'أضيفت غرامة تأخير قدرها {amount}.' },
  },
  invoice_cancelled: { en: 'A bill was cancelled.', ar: 'أُلغيت فاتورة.' },
  invoice_reminder: {
    en: 'A bill is waiting to be paid.',
    ar: 'لديكم فاتورة بانتظار السداد.',
    withAmounts: bill,
  },
  invoice_overdue: {
    en: 'A bill is overdue.',
    ar: 'تأخر سداد فاتورة.',
    withAmounts: { en: 'A bill is overdue: {due}.', ar: 'تأخر سداد فاتورة: {due}.' },
  },
  collective_bill_issued: {
    en: 'Your bills are ready.',
    ar: 'فواتيركم جاهزة.',
    withAmounts: { en: `Your bills are ready. ${bill.en}`, ar: `فواتيركم جاهزة. ${bill.ar}` },
  },
  collective_bill_reminder: {
    en: 'Bills are waiting to be paid.',
    ar: 'لديكم فواتير بانتظار السداد.',
    withAmounts: bill,
  },
  collective_bill_overdue: {
    en: 'Bills are overdue.',
    ar: 'تأخر سداد فواتير.',
    withAmounts: { en: 'Bills are overdue: {due}.', ar: 'تأخر سداد فواتير: {due}.' },
  },
  disconnection_warning: {
    en: 'Important news of your supply: please open the app.',
    ar: 'رسالة مهمة عن خدمة الكهرباء: يرجى فتح التطبيق.',
  },
  meter_disconnected: { en: 'Your supply was switched off.', ar: 'فُصل التيار عنكم.' },
  meter_switched_off: { en: 'Your supply was switched off.', ar: 'فُصل التيار عنكم.' },
  meter_reconnected: { en: 'Your supply is on again.', ar: 'أعيد التيار إليكم.' },
  payment_received: {
    en: 'Your payment has arrived. Thank you.',
    ar: 'وصلت دفعتكم. شكرًا لكم.',
    withAmounts: {
      en: 'Your payment of {amount} has arrived. Thank you.',
      ar: 'وصلت دفعتكم بمبلغ {amount}. شكرًا لكم.',
    },
  },
  payment_reversed: { en: 'A payment was taken back.', ar: 'أُلغيت دفعة.' },
  prepaid_token: {
    en: 'Your token is ready: open the app to see it.',
    ar: 'رمز الشحن جاهز: افتحوا التطبيق لعرضه.',
  },
  meter_token: {
    en: 'A token for your meter is ready: open the app to see it.',
    ar: 'رمز لعدادكم جاهز: افتحوا التطبيق لعرضه.',
  },
  statement_issued: { en: 'Your statement is ready.', ar: 'كشف حسابكم جاهز.' },
  ticket_opened: { en: 'We have received your request.', ar: 'استلمنا طلبكم.' },
  ticket_answered: { en: 'There is an answer to your request.', ar: 'ورد رد على طلبكم.' },
  ticket_resolved: { en: 'Your request is resolved.', ar: 'عولج طلبكم.' },
};
