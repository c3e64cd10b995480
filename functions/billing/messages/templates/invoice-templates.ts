/** What customers are told of their invoices. */
import { defineTemplate } from './define-template.ts';

export const invoiceIssued = defineTemplate({
  isUrgent: false,
  isRefusable: false,
  values: ['invoice', 'period', 'amount', 'due', 'dueDate'],
  en: {
    subject: '{utility}: invoice {invoice}',
    paragraphs: [
      'Dear {name},',
      'Invoice {invoice} of account {account} for {period} comes to {amount}.',
      'Please pay {due} by {dueDate}. The payment reference is the invoice number.',
      '{utility}',
    ],
    short: '{utility}: invoice {invoice}, {amount}. Please pay {due} by {dueDate}. Account {account}.',
  },
  ar: {
    subject: '{utility}: فاتورة رقم {invoice}',
    paragraphs: [
      'الأخ/الأخت {name}،',
      'بلغت الفاتورة رقم {invoice} للحساب {account} عن الفترة {period} مبلغ {amount}.',
      'يرجى سداد {due} في موعد أقصاه {dueDate}. رقم الفاتورة هو مرجع السداد.',
      '{utility}',
    ],
    short: '{utility}: فاتورة {invoice} بمبلغ {amount}. يرجى سداد {due} في موعد أقصاه {dueDate}. الحساب {account}.',
  },
});

export const differenceNoteIssued = defineTemplate({
  isUrgent: false,
  isRefusable: false,
  values: ['invoice', 'period', 'amount', 'due', 'dueDate'],
  en: {
    subject: '{utility}: corrected invoice {invoice}',
    paragraphs: [
      'Dear {name},',
      'Your invoice of account {account} for {period} was corrected. The difference is {amount}, note {invoice}.',
      'To pay: {due}, by {dueDate}. A difference below zero is in your favour and is set off.',
      '{utility}',
    ],
    short:
      '{utility}: your invoice for {period} was corrected by {amount} (note {invoice}). To pay: {due} by {dueDate}.',
  },
  ar: {
    subject: '{utility}: تصحيح فاتورة {invoice}',
    paragraphs: [
      'الأخ/الأخت {name}،',
      'صُححت فاتورة الحساب {account} عن الفترة {period}. مقدار الفرق {amount}، إشعار رقم {invoice}.',
      'المستحق: {due} في موعد أقصاه {dueDate}. إن كان الفرق سالبًا فهو لصالحكم ويُخصم من حسابكم.',
      '{utility}',
    ],
    short:
      '{utility}: صُححت فاتورتكم عن {period} بفرق {amount} (إشعار {invoice}). المستحق {due} في موعد أقصاه {dueDate}.',
  },
});

export const lateFeeCharged = defineTemplate({
  isUrgent: false,
  isRefusable: false,
  values: ['invoice', 'amount', 'dueDate'],
  en: {
    subject: '{utility}: late fee {invoice}',
    paragraphs: [
      'Dear {name},',
      'A late fee of {amount} was charged to account {account} because an invoice was not paid in time (number {invoice}).',
      'Please pay it by {dueDate}.',
      '{utility}',
    ],
    short: '{utility}: a late fee of {amount} was charged to account {account}. Please pay by {dueDate}.',
  },
  ar: {
    subject: '{utility}: غرامة تأخير {invoice}',
    paragraphs: [
      'الأخ/الأخت {name}،',
      'أضيفت غرامة تأخير قدرها {amount} إلى الحساب {account} لعدم سداد فاتورة في موعدها (رقم {invoice}).',
      'يرجى سدادها في موعد أقصاه {dueDate}.',
      '{utility}',
    ],
    short: '{utility}: أضيفت غرامة تأخير {amount} إلى الحساب {account}. يرجى السداد في موعد أقصاه {dueDate}.',
  },
});

export const invoiceCancelled = defineTemplate({
  isUrgent: false,
  isRefusable: false,
  values: ['invoice', 'amount'],
  en: {
    subject: '{utility}: invoice {invoice} is cancelled',
    paragraphs: [
      'Dear {name},',
      'Invoice {invoice} of account {account} over {amount} is cancelled. What was paid on it stays in your account.',
      '{utility}',
    ],
    short: '{utility}: invoice {invoice} over {amount} is cancelled. What was paid stays in account {account}.',
  },
  ar: {
    subject: '{utility}: إلغاء الفاتورة {invoice}',
    paragraphs: [
      'الأخ/الأخت {name}،',
      'أُلغيت الفاتورة رقم {invoice} للحساب {account} بمبلغ {amount}. ويبقى ما سُدد منها رصيدًا لكم.',
      '{utility}',
    ],
    short: '{utility}: أُلغيت الفاتورة {invoice} بمبلغ {amount}. ما سُدد منها يبقى في رصيد الحساب {account}.',
  },
});
