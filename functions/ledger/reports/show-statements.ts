/** Statements as answers and as tables: amounts become text in the base currency, titles come in both languages. */
import type { Locale, Translated } from '../../../layers/kernel/i18n/locale.ts';
import type {
  BalanceSheet,
  IncomeStatement,
  Section,
  TrialBalanceRow,
  TrialBalanceTotals,
} from '../../../layers/ledger/statements.ts';
import { fromMinorUnits } from '../../../layers/money/money.ts';

export const titles = {
  trialBalance: { en: 'Trial balance', ar: 'ميزان المراجعة' },
  incomeStatement: { en: 'Income statement', ar: 'قائمة الدخل' },
  balanceSheet: { en: 'Balance sheet', ar: 'الميزانية العمومية' },
  income: { en: 'Income', ar: 'الإيرادات' },
  expenses: { en: 'Expenses', ar: 'المصروفات' },
  result: { en: 'Result', ar: 'صافي النتيجة' },
  assets: { en: 'Assets', ar: 'الأصول' },
  liabilities: { en: 'Liabilities', ar: 'الالتزامات' },
  equity: { en: 'Equity', ar: 'حقوق الملكية' },
  currentResult: { en: 'Result of the year', ar: 'نتيجة السنة' },
  earlierResult: { en: 'Result of earlier years', ar: 'نتيجة سنوات سابقة' },
  total: { en: 'Total', ar: 'الإجمالي' },
  totalLiabilitiesAndEquity: { en: 'Liabilities and equity', ar: 'الالتزامات وحقوق الملكية' },
} satisfies Record<string, Translated>;

const columns = {
  account: { en: 'Account', ar: 'الحساب' },
  name: { en: 'Name', ar: 'الاسم بالإنجليزية' },
  nameAr: { en: 'Arabic name', ar: 'الاسم' },
  amount: { en: 'Amount', ar: 'المبلغ' },
  openingDebit: { en: 'Opening debit', ar: 'افتتاحي مدين' },
  openingCredit: { en: 'Opening credit', ar: 'افتتاحي دائن' },
  debit: { en: 'Debit', ar: 'مدين' },
  credit: { en: 'Credit', ar: 'دائن' },
  closingDebit: { en: 'Closing debit', ar: 'ختامي مدين' },
  closingCredit: { en: 'Closing credit', ar: 'ختامي دائن' },
} satisfies Record<string, Translated>;

const balanceColumns = ['openingDebit', 'openingCredit', 'debit', 'credit', 'closingDebit', 'closingCredit'] as const;

/** Every `bigint` of a flat object as text in a currency. */
export function showAmounts<T extends object>(value: T, currency: string) {
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, typeof one === 'bigint' ? fromMinorUnits(one, currency) : one]),
  ) as { [K in keyof T]: T[K] extends bigint ? string : T[K] };
}

export const showSection = (title: Translated, { rows, total }: Section, currency: string) => ({
  title,
  rows: rows.map((row) => showAmounts(row, currency)),
  total: fromMinorUnits(total, currency),
});

export function trialBalanceTable(
  { rows, totals }: { rows: readonly TrialBalanceRow[]; totals: TrialBalanceTotals },
  currency: string,
  locale: Locale,
): string[][] {
  const amounts = (row: TrialBalanceTotals): string[] =>
    balanceColumns.map((name) => fromMinorUnits(row[name], currency));
  return [
    (['account', 'name', 'nameAr', ...balanceColumns] as const).map((name) => columns[name][locale]),
    ...rows.map((row) => [row.accountId, row.name, row.nameAr, ...amounts(row)]),
    ['', titles.total.en, titles.total.ar, ...amounts(totals)],
  ];
}

export function incomeTable(statement: IncomeStatement, currency: string, locale: Locale): string[][] {
  return [
    heading(locale),
    ...sectionTable(titles.income, statement.income, currency),
    ...sectionTable(titles.expenses, statement.expenses, currency),
    sumRow(titles.result, statement.result, currency),
  ];
}

export function balanceSheetTable(sheet: BalanceSheet, currency: string, locale: Locale): string[][] {
  return [
    heading(locale),
    ...sectionTable(titles.assets, sheet.assets, currency),
    ...sectionTable(titles.liabilities, sheet.liabilities, currency),
    ...sectionTable(titles.equity, sheet.equity, currency),
    sumRow(titles.earlierResult, sheet.earlierResult, currency),
    sumRow(titles.currentResult, sheet.currentResult, currency),
    sumRow(titles.totalLiabilitiesAndEquity, sheet.totalLiabilitiesAndEquity, currency),
  ];
}

const heading = (locale: Locale): string[] =>
  (['account', 'name', 'nameAr', 'amount'] as const).map((name) => columns[name][locale]);

const sectionTable = (title: Translated, { rows, total }: Section, currency: string): string[][] => [
  ...rows.map(({ accountId, name, nameAr, depth, amount }) => [
    accountId,
    '  '.repeat(depth) + name,
    nameAr,
    fromMinorUnits(amount, currency),
  ]),
  sumRow({ en: `${titles.total.en}: ${title.en}`, ar: `${titles.total.ar}: ${title.ar}` }, total, currency),
];

const sumRow = ({ en, ar }: Translated, amount: bigint, currency: string): string[] => [
  '',
  en,
  ar,
  fromMinorUnits(amount, currency),
];
