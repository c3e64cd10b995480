/**
 * Makes the lines of an entry exact and proves that they balance: per currency to the last digit, and in the tenant's
 * base currency as a whole. What does not balance is refused here, and nowhere else has to ask again.
 */
import type { Translated } from '../kernel/i18n/locale.ts';
import { isCurrency } from '../money/currencies.ts';
import { convert, fromMinorUnits, toMinorUnits } from '../money/money.ts';
import type { Side } from './account-types.ts';

/** A line as people, rules and other domains write it. */
export interface LineInput {
  accountId: string;
  side: Side;
  /** Decimal, not negative. */
  amount: string;
  /** @default the base currency */
  currency?: string | undefined;
  /** Base currency units for one unit of `currency`. */
  rate?: string | undefined;
  /** What the line is worth in the base currency; follows from `rate` when left out. */
  baseAmount?: string | undefined;
  memo?: string | undefined;
  memoAr?: string | undefined;
  dimensions?: Record<string, string> | undefined;
}

/** A line with exact amounts, of a balanced entry. */
export interface Line extends LineInput {
  currency: string;
  /** All decimals of the base currency. Equal to `amount` where the currencies are. */
  baseAmount: string;
}

export type Prepared = { lines: Line[] } | { problems: Translated[] };

interface Draft {
  line: LineInput;
  currency: string;
  minor: bigint;
  base: bigint;
  /** Whether the base amount was computed, and may take a rounding difference. */
  isComputed: boolean;
}

export function prepareLines(input: readonly LineInput[], baseCurrency: string): Prepared {
  const problems: Translated[] = [];
  const drafts: Draft[] = [];
  input.forEach((line, position) => {
    const draft = readLine(line, baseCurrency);
    if ('en' in draft) problems.push(atLine(position, draft));
    else drafts.push(draft);
  });
  if (input.length < 2)
    problems.push({ en: 'An entry needs at least two lines.', ar: 'يحتاج القيد إلى سطرين على الأقل.' });
  if (problems.length > 0) return { problems };
  for (const currency of new Set(drafts.map((draft) => draft.currency))) {
    const difference = signedSum(drafts.filter((draft) => draft.currency === currency).map(signedMinor));
    if (difference !== 0n) problems.push(unbalanced(currency, difference));
  }
  if (problems.length === 0) problems.push(...balanceBase(drafts, baseCurrency));
  return problems.length > 0 ? { problems } : { lines: drafts.map((draft) => finish(draft, baseCurrency)) };
}

function readLine(line: LineInput, baseCurrency: string): Draft | Translated {
  const currency = line.currency ?? baseCurrency;
  if (!isCurrency(currency)) return { en: `"${currency}" is no currency.`, ar: `"${currency}" ليست عملة.` };
  let minor: bigint;
  let base: bigint | undefined;
  try {
    minor = toMinorUnits(line.amount, currency);
    base = line.baseAmount === undefined ? undefined : toMinorUnits(line.baseAmount, baseCurrency);
  } catch {
    return {
      en: `the amount does not fit the decimals of ${currency}.`,
      ar: `المبلغ لا يوافق عدد الكسور العشرية لعملة ${currency}.`,
    };
  }
  if (minor < 0n || (base ?? 0n) < 0n)
    return { en: 'amounts are not negative; use the other side.', ar: 'لا تكون المبالغ سالبة؛ استخدم الطرف الآخر.' };
  if (currency === baseCurrency) {
    if (base !== undefined && base !== minor)
      return {
        en: 'the base amount of a line in the base currency is its amount.',
        ar: 'مبلغ العملة الأساسية يساوي مبلغ السطر.',
      };
    if (minor === 0n) return { en: 'the amount is zero.', ar: 'المبلغ صفر.' };
    return { line, currency, minor, base: minor, isComputed: false };
  }
  if (base === undefined && line.rate === undefined)
    return {
      en: `a line in ${currency} needs a rate or a base amount.`,
      ar: `السطر بعملة ${currency} يحتاج إلى سعر صرف أو مبلغ بالعملة الأساسية.`,
    };
  // A line without a foreign amount moves the base value alone: that is how a difference of rates is booked.
  if (minor === 0n && (base ?? 0n) === 0n) return { en: 'the amount is zero.', ar: 'المبلغ صفر.' };
  const isComputed = base === undefined;
  base ??= convert({ minor, currency }, baseCurrency, line.rate!, 'half-even').minor;
  return { line, currency, minor, base, isComputed };
}

/** Rounding leaves less than one unit a line; the largest computed line takes it, anything more is a mistake. */
function balanceBase(drafts: Draft[], baseCurrency: string): Translated[] {
  const difference = signedSum(drafts.map(signedBase));
  if (difference === 0n) return [];
  const computed = drafts.filter(({ isComputed }) => isComputed);
  const [largest] = [...computed].sort((a, b) => (a.base === b.base ? 0 : a.base > b.base ? -1 : 1));
  const size = difference < 0n ? -difference : difference;
  if (largest === undefined || size > BigInt(computed.length)) return [unbalanced(baseCurrency, difference, true)];
  const corrected = largest.line.side === 'debit' ? largest.base - difference : largest.base + difference;
  if (corrected < 0n) return [unbalanced(baseCurrency, difference, true)];
  largest.base = corrected;
  return [];
}

function finish({ line, currency, minor, base }: Draft, baseCurrency: string): Line {
  return {
    ...line,
    currency,
    amount: fromMinorUnits(minor, currency),
    baseAmount: fromMinorUnits(base, baseCurrency),
  };
}

const signed = (side: Side, value: bigint): bigint => (side === 'debit' ? value : -value);
const signedMinor = ({ line, minor }: Draft): bigint => signed(line.side, minor);
const signedBase = ({ line, base }: Draft): bigint => signed(line.side, base);
const signedSum = (values: readonly bigint[]): bigint => values.reduce((sum, value) => sum + value, 0n);

function unbalanced(currency: string, difference: bigint, isBase = false): Translated {
  const size = fromMinorUnits(difference < 0n ? -difference : difference, currency);
  const [en, ar] = difference > 0n ? ['debits', 'المدين'] : ['credits', 'الدائن'];
  return {
    en: `The entry does not balance${isBase ? ' in the base currency' : ''}: ${en} are ${size} ${currency} more.`,
    ar: `القيد غير متوازن${isBase ? ' بالعملة الأساسية' : ''}: ${ar} أكثر بمقدار ${size} ${currency}.`,
  };
}

const atLine = (position: number, { en, ar }: Translated): Translated => ({
  en: `Line ${position + 1}: ${en}`,
  ar: `السطر ${position + 1}: ${ar}`,
});
