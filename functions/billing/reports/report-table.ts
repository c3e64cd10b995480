/** The rows of a report as a table for spreadsheets, headed in the reader's language. */
import type { Locale } from '../../../layers/kernel/i18n/locale.ts';
import { wordOr } from '../documents/labels.ts';
import { type AgeBucket, overdueBuckets } from './age-account.ts';
import type { PaymentChannel } from './payment-channel.ts';
import { groupField } from './report-groups.ts';
import type { PeriodLength } from './report-periods.ts';
import type { AgeingRow, ReportGroup, ReportOrder, ReportRow, SummaryRow } from './report-schema.ts';

const headings: Record<string, readonly [en: string, ar: string]> = {
  currency: ['Currency', 'العملة'],
  period: ['Period', 'الفترة'],
  customerType: ['Customer type', 'نوع العميل'],
  customers: ['Customers', 'العملاء'],
  current: ['Current', 'غير مستحق بعد'],
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
  cashierId: ['Cashier', 'أمين الصندوق'],
  cashierName: ['Name', 'الاسم'],
  region: ['Region', 'المنطقة'],
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

/** `group` is the column of what the report is by. */
const columns = {
  ageing: ['currency', 'group', 'customers', 'current', 'overdue', 'credit', 'balance'],
  collection_rate: [
    ...['currency', 'group', 'invoicedAmount', 'creditNoteAmount', 'billedAmount', 'receivedAmount'],
    ...['returnedAmount', 'collectedAmount', 'fromPrepaidAmount', 'prepaidAmount', 'ratePercent'],
  ],
  billing_summary: ['currency', 'group', 'movement', 'count', 'amount'],
  collections: [
    ...['currency', 'group', 'payments', 'receivedAmount', 'debtAmount', 'prepaidAmount', 'depositAmount'],
    ...['reversedAmount', 'refundedAmount', 'keptAmount'],
  ],
  top_debtors: [
    ...['currency', 'rank', 'accountNumber', 'name', 'customerType', 'routeId', 'overdueAmount', 'balance'],
    ...['oldestDueDate', 'daysOverdue'],
  ],
} as const satisfies Record<ReportOrder['kind'], readonly string[]>;

/** Headings of columns whose digits are no number. */
export const textHeadings = (locale: Locale): ReadonlySet<string> =>
  new Set(
    ['accountNumber', 'name', 'cashierId', 'cashierName', 'routeId', 'region'].map(
      (name) => headings[name]![locale === 'ar' ? 1 : 0],
    ),
  );

/** Of a completed report. @param isRead whether codes are words in English too: on paper */
export function reportTable(
  { kind, by, per, ageingDays, result: rows }: TabledReport,
  locale: Locale,
  isRead = false,
): string[][] {
  const field = groupField(kind, by);
  const buckets = overdueBuckets(ageingDays);
  const flat: Record<string, unknown>[] =
    kind === 'billing_summary'
      ? (rows as readonly SummaryRow[]).flatMap((row) => lines(row, { [field]: row[field as keyof SummaryRow] }))
      : rows.map((row) => ('overdue' in row ? { ...row, ...amountsOf(row, buckets) } : { ...row }));
  const own = columns[kind].flatMap((name) => {
    if (name === 'currency' && per !== undefined) return [name, 'period'];
    if (name === 'overdue') return buckets.map((bucket) => bucket.name);
    if (name !== 'group') return [name];
    return field === 'cashierId' ? [field, 'cashierName'] : [field];
  });
  const words = { ...headings, ...Object.fromEntries(buckets.map((bucket) => [bucket.name, headingOf(bucket)])) };
  const head = own.map((name) => words[name]![locale === 'ar' ? 1 : 0]);
  const cell = (name: string, value: unknown): string =>
    (locale === 'ar' || isRead) && (coded.has(name) || (name === field && sums.has(value)))
      ? wordOfCode(String(value), locale)
      : String(value ?? '');
  return [head, ...flat.map((row) => own.map((name) => cell(name, row[name])))];
}

interface TabledReport {
  kind: ReportOrder['kind'];
  by?: ReportGroup | undefined;
  per?: PeriodLength | undefined;
  ageingDays?: readonly number[] | undefined;
  result: readonly ReportRow[];
}

/** Days stand before their number in Arabic: after 7, 30 and 100 they would take three forms. */
const headingOf = ({ fromDays, toDays }: AgeBucket): readonly [en: string, ar: string] =>
  toDays === undefined
    ? [`Over ${fromDays - 1} days`, `أيام التأخر: أكثر من ${fromDays - 1}`]
    : [`${fromDays}-${toDays} days`, `أيام التأخر: ${fromDays}-${toDays}`];

const amountsOf = ({ overdue }: AgeingRow, buckets: readonly AgeBucket[]): Record<string, string> =>
  Object.fromEntries(buckets.map(({ name }, i) => [name, overdue[i]!.amount]));

/** Columns of codes: an Arabic reader gets words, and programs the codes of the English table. */
const coded = new Set(['customerType', 'method', 'channel', 'movement']);
/** What stands for a sum where groups have names of their own. */
const sums = new Set<unknown>(['all', 'other']);
const codes: Record<PaymentChannel | 'all' | 'other', readonly [en: string, ar: string]> = {
  till: ['Till', 'الصندوق'],
  field: ['Field', 'التحصيل الميداني'],
  bank_file: ['Bank file', 'ملف البنك'],
  provider: ['Provider', 'مزوّد الدفع'],
  by_hand: ['By hand', 'إدخال يدوي'],
  all: ['All', 'الكل'],
  other: ['Others', 'غيرها'],
};

function wordOfCode(code: string, locale: Locale): string {
  const language = locale === 'ar' ? 'ar' : 'en';
  return Object.hasOwn(codes, code)
    ? codes[code as keyof typeof codes][language === 'ar' ? 1 : 0]
    : wordOr(code, language);
}

/** A summary has a line for each movement, between the balances. */
function lines({ currency, movements, openingBalance, closingBalance }: SummaryRow, group: Record<string, unknown>) {
  const line = (movement: string, amount: string, count?: number) => ({ currency, ...group, movement, count, amount });
  return [
    line('opening', openingBalance),
    ...movements.map(({ type, count, amount }) => line(type, amount, count)),
    line('closing', closingBalance),
  ];
}
