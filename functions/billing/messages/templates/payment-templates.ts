/** What customers are told of money they paid and of tokens they bought. */
import { defineTemplate } from './define-template.ts';

export const paymentReceived = defineTemplate({
  isUrgent: false,
  isRefusable: true,
  values: ['amount', 'receipt', 'date', 'balance'],
  en: {
    subject: '{utility}: receipt {receipt}',
    paragraphs: [
      'Dear {name},',
      'We received {amount} for account {account} on {date}. Receipt {receipt}.',
      'Balance after it: {balance}.',
      '{utility}',
    ],
    short: '{utility}: received {amount} for account {account}, receipt {receipt}. Balance: {balance}.',
  },
  ar: {
    subject: '{utility}: إيصال سداد {receipt}',
    paragraphs: [
      'الأخ/الأخت {name}،',
      'استلمنا {amount} للحساب {account} بتاريخ {date}. إيصال رقم {receipt}.',
      'الرصيد بعد السداد: {balance}.',
      '{utility}',
    ],
    short: '{utility}: استلمنا {amount} للحساب {account}، إيصال {receipt}. الرصيد: {balance}.',
  },
});

export const paymentReversed = defineTemplate({
  isUrgent: false,
  isRefusable: false,
  values: ['amount', 'receipt', 'reason'],
  en: {
    subject: '{utility}: payment {receipt} was taken back',
    paragraphs: [
      'Dear {name},',
      'The payment of {amount} for account {account}, receipt {receipt}, was taken back: {reason}. What it settled is owed again.',
      '{utility}',
    ],
    short: '{utility}: payment {receipt} of {amount} was taken back ({reason}). It is owed again.',
  },
  ar: {
    subject: '{utility}: عكس السداد {receipt}',
    paragraphs: [
      'الأخ/الأخت {name}،',
      'عُكس سداد {amount} للحساب {account}، إيصال {receipt}: {reason}. وعاد ما سدده مستحقًا.',
      '{utility}',
    ],
    short: '{utility}: عُكس السداد {receipt} بمبلغ {amount} ({reason}) وعاد مستحقًا.',
  },
});

export const prepaidToken = defineTemplate({
  isUrgent: true,
  isRefusable: false,
  /** `token`: groups of four digits, tokens of a key change one after the other; `energy`: kWh with unit. */
  values: ['token', 'meter', 'amount', 'energy'],
  en: {
    subject: '{utility}: token for meter {meter}',
    paragraphs: [
      'Dear {name},',
      'Your token for meter {meter}: {energy} for {amount}.',
      '{token}',
      'Key it into the meter from left to right.',
      '{utility}',
    ],
    short: '{utility}: meter {meter}, {energy}, {amount}. Token: {token}',
  },
  ar: {
    subject: '{utility}: رمز شحن العداد {meter}',
    paragraphs: [
      'الأخ/الأخت {name}،',
      'رمز شحن العداد {meter}: {energy} مقابل {amount}.',
      '{token}',
      'أدخلوا الرمز في العداد من اليسار إلى اليمين.',
      '{utility}',
    ],
    short: '{utility}: العداد {meter}، {energy}، {amount}. الرمز: {token}',
  },
});

export const meterToken = defineTemplate({
  isUrgent: true,
  isRefusable: false,
  /** `token`: as of `prepaid_token`, to be entered in this order; `purpose`: what it does to the meter. */
  values: ['token', 'meter', 'purpose'],
  en: {
    subject: '{utility}: token for meter {meter}',
    paragraphs: [
      'Dear {name},',
      'A token for meter {meter}; it {purpose}.',
      '{token}',
      'Key it into the meter from left to right; of several, one after the other.',
      '{utility}',
    ],
    short: '{utility}: meter {meter}, {purpose}. Enter in this order: {token}',
  },
  ar: {
    subject: '{utility}: رمز للعداد {meter}',
    paragraphs: [
      'الأخ/الأخت {name}،',
      'رمز للعداد {meter}: {purpose}.',
      '{token}',
      'أدخلوا الرمز في العداد من اليسار إلى اليمين، وإن تعددت الرموز فبالترتيب.',
      '{utility}',
    ],
    short: '{utility}: العداد {meter}، {purpose}. أدخلوا بهذا الترتيب: {token}',
  },
});

export const statementIssued = defineTemplate({
  isUrgent: false,
  isRefusable: true,
  values: ['period', 'balance'],
  en: {
    subject: '{utility}: statement of account {account}',
    paragraphs: ['Dear {name},', 'The statement of account {account} for {period}. Balance: {balance}.', '{utility}'],
    short: '{utility}: statement of account {account} for {period}. Balance: {balance}.',
  },
  ar: {
    subject: '{utility}: كشف الحساب {account}',
    paragraphs: ['الأخ/الأخت {name}،', 'كشف الحساب {account} عن الفترة {period}. الرصيد: {balance}.', '{utility}'],
    short: '{utility}: كشف الحساب {account} عن {period}. الرصيد: {balance}.',
  },
});
