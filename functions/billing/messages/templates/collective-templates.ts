/** What customers of many meters are told, who want one message for all their invoices: the account's number settles them together. */
import { defineTemplate } from './define-template.ts';

export const collectiveBillIssued = defineTemplate({
  isUrgent: false,
  isRefusable: false,
  values: ['period', 'invoices', 'amount', 'due', 'dueDate'],
  en: {
    subject: '{utility}: collective bill of account {account}, {period}',
    paragraphs: [
      'Dear {name},',
      'Your bills of account {account} for {period} come to {amount} (invoices: {invoices}).',
      'Please pay {due} by {dueDate}. The payment reference is the account number.',
      '{utility}',
    ],
    short: '{utility}: your bills for {period} come to {amount}. Please pay {due} by {dueDate}. Account {account}.',
  },
  ar: {
    subject: '{utility}: فاتورة مجمعة للحساب {account}، {period}',
    paragraphs: [
      'الأخ/الأخت {name}،',
      'بلغت فواتير الحساب {account} عن الفترة {period} مبلغ {amount} (عدد الفواتير: {invoices}).',
      'يرجى سداد {due} في موعد أقصاه {dueDate}. رقم الحساب هو مرجع السداد.',
      '{utility}',
    ],
    short:
      '{utility}: بلغت فواتيركم عن الفترة {period} مبلغ {amount}. يرجى سداد {due} في موعد أقصاه {dueDate}. الحساب {account}.',
  },
});

/** Its words hold before the day to pay by and after it. */
export const collectiveBillReminder = defineTemplate({
  isUrgent: false,
  isRefusable: false,
  values: ['due', 'dueDate'],
  en: {
    subject: '{utility}: reminder of account {account}',
    paragraphs: [
      'Dear {name},',
      'Of what account {account} has to pay by {dueDate}, {due} is not paid yet.',
      'If you have paid meanwhile, please take no notice of this message.',
      '{utility}',
    ],
    short: '{utility}: reminder, {due} of account {account}, payable by {dueDate}, is not paid yet.',
  },
  ar: {
    subject: '{utility}: تذكير بشأن الحساب {account}',
    paragraphs: [
      'الأخ/الأخت {name}،',
      'نذكركم بأن {due} من مستحقات الحساب {account} لم يُسدد بعد، وموعد السداد أقصاه {dueDate}.',
      'إن كنتم قد سددتم فلا تلتفتوا إلى هذه الرسالة.',
      '{utility}',
    ],
    short: '{utility}: تذكير بسداد {due} من مستحقات الحساب {account} في موعد أقصاه {dueDate}.',
  },
});

export const collectiveBillOverdue = defineTemplate({
  isUrgent: false,
  isRefusable: false,
  values: ['due', 'dueDate'],
  en: {
    subject: '{utility}: account {account} is overdue',
    paragraphs: [
      'Dear {name},',
      'Of what account {account} had to pay by {dueDate}, {due} is not paid.',
      'Please pay it now to avoid fees and a disconnection.',
      '{utility}',
    ],
    short: '{utility}: {due} of account {account}, due on {dueDate}, is not paid. Please pay now.',
  },
  ar: {
    subject: '{utility}: مستحقات الحساب {account} متأخرة السداد',
    paragraphs: [
      'الأخ/الأخت {name}،',
      'استحقت فواتير الحساب {account} في {dueDate} ولم يُسدد منها {due}.',
      'يرجى السداد الآن تفاديًا للغرامات وقطع التيار.',
      '{utility}',
    ],
    short: '{utility}: استحقت فواتير الحساب {account} في {dueDate} ولم يُسدد {due}. يرجى السداد الآن.',
  },
});
