/** What customers are told while money is owed: reminders, warnings, and that the supply was cut or is back. */
import { defineTemplate } from './define-template.ts';

/** Its words hold before the day to pay by and after it. */
export const invoiceReminder = defineTemplate({
  isUrgent: false,
  isRefusable: false,
  values: ['invoice', 'due', 'dueDate'],
  en: {
    subject: '{utility}: reminder of invoice {invoice}',
    paragraphs: [
      'Dear {name},',
      'Of invoice {invoice} of account {account}, payable by {dueDate}, {due} is not paid yet.',
      'If you have paid meanwhile, please take no notice of this message.',
      '{utility}',
    ],
    short: '{utility}: reminder, {due} of invoice {invoice}, payable by {dueDate}, is not paid yet. Account {account}.',
  },
  ar: {
    subject: '{utility}: تذكير بالفاتورة {invoice}',
    paragraphs: [
      'الأخ/الأخت {name}،',
      'نذكركم بأن {due} من الفاتورة رقم {invoice} للحساب {account} لم يُسدد بعد، وموعد السداد أقصاه {dueDate}.',
      'إن كنتم قد سددتم فلا تلتفتوا إلى هذه الرسالة.',
      '{utility}',
    ],
    short: '{utility}: تذكير بسداد {due} من الفاتورة {invoice} المستحقة في {dueDate}. الحساب {account}.',
  },
});

export const invoiceOverdue = defineTemplate({
  isUrgent: false,
  isRefusable: false,
  values: ['invoice', 'due', 'dueDate'],
  en: {
    subject: '{utility}: invoice {invoice} is overdue',
    paragraphs: [
      'Dear {name},',
      'Invoice {invoice} of account {account} was due on {dueDate}; {due} of it is not paid.',
      'Please pay it now to avoid fees and a disconnection.',
      '{utility}',
    ],
    short: '{utility}: invoice {invoice} was due on {dueDate}; {due} is not paid. Please pay now. Account {account}.',
  },
  ar: {
    subject: '{utility}: الفاتورة {invoice} متأخرة السداد',
    paragraphs: [
      'الأخ/الأخت {name}،',
      'استحقت الفاتورة رقم {invoice} للحساب {account} في {dueDate} ولم يُسدد منها {due}.',
      'يرجى السداد الآن تفاديًا للغرامات وقطع التيار.',
      '{utility}',
    ],
    short: '{utility}: استحقت الفاتورة {invoice} في {dueDate} ولم يُسدد {due}. يرجى السداد الآن. الحساب {account}.',
  },
});

export const disconnectionWarning = defineTemplate({
  isUrgent: true,
  isRefusable: false,
  values: ['meter', 'due'],
  en: {
    subject: '{utility}: your supply is about to be disconnected',
    paragraphs: [
      'Dear {name},',
      'The disconnection of meter {meter} was ordered because {due} of account {account} is overdue.',
      'Pay it and the order is withdrawn.',
      '{utility}',
    ],
    short: '{utility}: meter {meter} is about to be disconnected, {due} is overdue. Pay to stop it. Account {account}.',
  },
  ar: {
    subject: '{utility}: إنذار بقطع التيار',
    paragraphs: [
      'الأخ/الأخت {name}،',
      'صدر أمر بفصل العداد {meter} لتأخر سداد {due} على الحساب {account}.',
      'سددوا المبلغ ليُسحب الأمر.',
      '{utility}',
    ],
    short: '{utility}: سيُفصل العداد {meter} لتأخر سداد {due}. سددوا لإيقاف الأمر. الحساب {account}.',
  },
});

export const meterDisconnected = defineTemplate({
  isUrgent: true,
  isRefusable: false,
  values: ['meter', 'due'],
  en: {
    subject: '{utility}: meter {meter} is disconnected',
    paragraphs: [
      'Dear {name},',
      'Meter {meter} of account {account} was disconnected. Overdue: {due}.',
      'When it is paid the supply comes back by itself. Switch off what could be dangerous when it does.',
      '{utility}',
    ],
    short: '{utility}: meter {meter} was disconnected. Overdue: {due}. It is connected again when paid.',
  },
  ar: {
    subject: '{utility}: فُصل العداد {meter}',
    paragraphs: [
      'الأخ/الأخت {name}،',
      'فُصل العداد {meter} للحساب {account}. المتأخر: {due}.',
      'يعود التيار تلقائيًا بعد السداد. أطفئوا ما قد يكون خطرًا عند عودته.',
      '{utility}',
    ],
    short: '{utility}: فُصل العداد {meter}. المتأخر: {due}. يعود التيار بعد السداد.',
  },
});

/** Of an order that a payment does not undo: somebody gave it, or nothing is overdue any more. */
export const meterSwitchedOff = defineTemplate({
  isUrgent: true,
  isRefusable: false,
  values: ['meter'],
  en: {
    subject: '{utility}: meter {meter} is disconnected',
    paragraphs: [
      'Dear {name},',
      'Meter {meter} of account {account} was disconnected by order of the utility.',
      'Switch off what could be dangerous when the supply comes back. If you have questions, please contact us.',
      '{utility}',
    ],
    short:
      '{utility}: meter {meter} was disconnected by order of the utility. Questions? Contact us. Account {account}.',
  },
  ar: {
    subject: '{utility}: فُصل العداد {meter}',
    paragraphs: [
      'الأخ/الأخت {name}،',
      'فُصل العداد {meter} للحساب {account} بأمر من الشركة.',
      'أطفئوا ما قد يكون خطرًا عند عودة التيار. للاستفسار يرجى التواصل معنا.',
      '{utility}',
    ],
    short: '{utility}: فُصل العداد {meter} بأمر من الشركة. للاستفسار يرجى التواصل معنا. الحساب {account}.',
  },
});

export const meterReconnected = defineTemplate({
  isUrgent: true,
  isRefusable: false,
  values: ['meter'],
  en: {
    subject: '{utility}: meter {meter} is connected again',
    paragraphs: ['Dear {name},', 'Meter {meter} of account {account} is connected again.', '{utility}'],
    short: '{utility}: meter {meter} is connected again.',
  },
  ar: {
    subject: '{utility}: أُعيد وصل العداد {meter}',
    paragraphs: ['الأخ/الأخت {name}،', 'أُعيد وصل العداد {meter} للحساب {account}.', '{utility}'],
    short: '{utility}: أُعيد وصل العداد {meter}.',
  },
});
