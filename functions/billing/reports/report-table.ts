/** The rows of a report as a table for spreadsheets, headed in the reader's language. */
import type { Locale } from '../../../layers/kernel/i18n/locale.ts';
import { wordOr } from '../documents/labels.ts';
import type { PaymentChannel } from './payment-channel.ts';
import type { ReportOrder, ReportRow, SummaryRow } from './report-schema.ts';

const headings: Record<string, readonly [en: string, ar: string]> = {
  currency: ['Currency', 'العملة'],
  customerType: ['Customer type', 'نوع العميل'],
  customers: ['Customers', 'العملاء'],
  current: ['Current', 'غير مستحق بعد'],
  days1To30: ['1-30 days', '1-30 يومًا'],
  days31To60: ['31-60 days', '31-60 يومًا'],
  days61To90: ['61-90 days', '61-90 يومًا'],
  days91To120: ['91-120 days', '91-120 يومًا'],
  over120: ['Over 120 days', 'أكثر من 120 يومًا'],
  credit: ['Credit', 'رصيد دائن'],
  balance: ['Balance', 'الرصيد'],
  invoicedAmount: ['Invoiced', 'المفوتر'],
  creditNoteAmount: ['Credit notes', 'إشعارات دائنة'],
  billedAmount: ['Billed', 'صافي الفوترة'],
  receivedAmount: ['Received', 'المقبوض'],
  returnedAmount: ['Reversed and refunded', 'المعكوس والمسترد'],
  collectedAmount: ['Collected', 'صافي التحصيل'],
  fromPrepaidAmount: ['Given back of tokens', 'معاد من رموز الشحن'],
  prepaidAmount: ['Prepaid tokens', 'رموز الدفع المسبق'],
  ratePercent: ['Collection rate %', 'نسبة التحصيل %'],
  method: ['Method', 'الطريقة'],
  channel: ['Channel', 'القناة'],
  payments: ['Payments', 'الدفعات'],
  debtAmount: ['For bills', 'للفواتير'],
  depositAmount: ['Deposits', 'تأمينات'],
  reversedAmount: ['Reversed', 'المعكوس'],
  refundedAmount: ['Refunded', 'المسترد'],
  keptAmount: ['Kept', 'المتبقي'],
  movement: ['Movement', 'الحركة'],
  count: ['Count', 'العدد'],
  amount: ['Amount', 'المبلغ'],
  rank: ['Rank', 'الترتيب'],
  accountNumber: ['Account', 'رقم الحساب'],
  name: ['Name', 'الاسم'],
  routeId: ['Route', 'المسار'],
  overdueAmount: ['Overdue', 'المتأخر'],
  oldestDueDate: ['Oldest due', 'أقدم استحقاق'],
  daysOverdue: ['Days overdue', 'أيام التأخر'],
};

const columns = {
  ageing: [
    ...['currency', 'customerType', 'customers', 'current', 'days1To30', 'days31To60', 'days61To90', 'days91To120'],
    ...['over120', 'credit', 'balance'],
  ],
  collection_rate: [
    ...['currency', 'customerType', 'invoicedAmount', 'creditNoteAmount', 'billedAmount', 'receivedAmount'],
    ...['returnedAmount', 'collectedAmount', 'fromPrepaidAmount', 'prepaidAmount', 'ratePercent'],
  ],
  billing_summary: ['currency', 'customerType', 'movement', 'count', 'amount'],
  collections: [
    ...['currency', 'method', 'payments', 'receivedAmount', 'debtAmount', 'prepaidAmount', 'depositAmount'],
    ...['reversedAmount', 'refundedAmount', 'keptAmount'],
  ],
  top_debtors: [
    ...['currency', 'rank', 'accountNumber', 'name', 'customerType', 'routeId', 'overdueAmount', 'balance'],
    ...['oldestDueDate', 'daysOverdue'],
  ],
} as const satisfies Record<ReportOrder['kind'], readonly string[]>;

export function reportTable(kind: ReportOrder['kind'], rows: readonly ReportRow[], locale: Locale): string[][] {
  const flat: Record<string, unknown>[] =
    kind === 'billing_summary' ? (rows as readonly SummaryRow[]).flatMap(lines) : rows.map((row) => ({ ...row }));
  const own = columnsOf(kind, rows);
  const head = own.map((name) => headings[name]![locale === 'ar' ? 1 : 0]);
  const cell = (name: string, value: unknown): string =>
    locale === 'ar' && coded.has(name) ? arabic(String(value)) : String(value ?? '');
  return [head, ...flat.map((row) => own.map((name) => cell(name, row[name])))];
}

/** Columns of codes: an Arabic reader gets words, and programs the codes of the English table. */
const coded = new Set(['customerType', 'method', 'channel', 'movement']);
const channels: Record<PaymentChannel, string> = {
  till: 'الصندوق',
  field: 'التحصيل الميداني',
  bank_file: 'ملف البنك',
  provider: 'مزوّد الدفع',
  by_hand: 'إدخال يدوي',
};

/** Money that was asked for by channel has no methods. */
const columnsOf = (kind: ReportOrder['kind'], rows: readonly ReportRow[]): readonly string[] =>
  columns[kind].map((name) => (name === 'method' && rows.some((row) => 'channel' in row) ? 'channel' : name));

const arabic = (code: string): string =>
  code === 'all' ? 'الكل' : Object.hasOwn(channels, code) ? channels[code as PaymentChannel] : wordOr(code, 'ar');

/** A summary has a line for each movement, between the balances. */
function lines({ currency, customerType, openingBalance, movements, closingBalance }: SummaryRow) {
  const line = (movement: string, amount: string, count?: number) => ({
    currency,
    customerType,
    movement,
    count,
    amount,
  });
  return [
    line('opening', openingBalance),
    ...movements.map(({ type, count, amount }) => line(type, amount, count)),
    line('closing', closingBalance),
  ];
}
