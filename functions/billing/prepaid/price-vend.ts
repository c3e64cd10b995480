/**
 * What an amount of money buys: debt first, then charges of the month, then as much energy as the rest pays for, exact to the
 * minor unit. What is less than the price of the smallest step of energy stays with the supply for the next purchase. Pure.
 */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Bill } from '../../../layers/tariff/bill.ts';
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import { type ChargedFacts, chargesBetween, chargesWithoutPurchase, type VendLine } from './charge-lines.ts';
import { billMonth, monthStart, versionOn } from './price-month.ts';
import { maxTokenSteps, transferable } from './token-energy.ts';

export interface VendFacts extends ChargedFacts {
  /** Local day of the purchase. */
  day: string;
  /** Tenths of a kWh bought earlier in this month, free ones not counted. */
  boughtSteps: number;
  /** Whether this month's charges were taken by an earlier purchase. */
  isMonthOpened: boolean;
  /** Minor units. */
  amount: bigint;
  /** Left over by the purchase before. */
  carriedIn: bigint;
  /** For debt; never more than the amount. */
  arrears: bigint;
  /** Tenths of a kWh that are given, at no price and beside the blocks. */
  freeSteps: number;
}

export interface PricedVend {
  currency: string;
  /** `amount + carriedIn = arrears + charged + carriedOut`, always. */
  amount: bigint;
  carriedIn: bigint;
  arrears: bigint;
  /** Everything sold: `energy + fixed + taxes`. */
  charged: bigint;
  /** Energy, less subsidies, and whatever is neither a fixed charge nor a tax. */
  energy: bigint;
  fixed: bigint;
  taxes: bigint;
  carriedOut: bigint;
  boughtSteps: number;
  freeSteps: number;
  lines: VendLine[];
}

/** @throws AppError `unprocessable` when it buys no energy, with the least amount that does */
export function priceVend(facts: VendFacts): PricedVend {
  const version = versionOn(facts.versions, facts.day);
  const { currency } = version;
  const totalOf = (bill: Bill): bigint => minorOf(bill.total, currency);
  const rate = (steps: number): Bill => billMonth(facts, version, facts.day, facts.boughtSteps + steps);
  const before = facts.isMonthOpened ? rate(0) : undefined;
  // Only this month's own are left to the purchase.
  const missed = chargesWithoutPurchase(facts, currency, monthStart(facts.day));
  const missedTotal = missed.reduce((sum, { minor }) => sum + minor, 0n);
  const base = before === undefined ? 0n : totalOf(before);
  const costOf = (steps: number): bigint => missedTotal + totalOf(rate(steps)) - base;
  const isGift = facts.amount === 0n && facts.freeSteps > 0;
  const budget = facts.amount - facts.arrears + facts.carriedIn;
  const bought = isGift ? 0 : stepsFor(budget, costOf, facts.freeSteps);
  if (!isGift && bought === 0) throw tooLittle(costOf(1), facts, currency);
  const lines = isGift ? [] : [...missed, ...chargesBetween(before, rate(bought), currency)];
  const sumOf = (fits: (kind: VendLine['kind']) => boolean): bigint =>
    lines.reduce((sum, line) => (fits(line.kind) ? sum + line.minor : sum), 0n);
  const charged = sumOf(() => true);
  const fixed = sumOf((kind) => kind === 'fixed');
  const taxes = sumOf((kind) => kind === 'tax');
  return {
    currency,
    amount: facts.amount,
    carriedIn: facts.carriedIn,
    arrears: facts.arrears,
    charged,
    energy: charged - fixed - taxes,
    fixed,
    taxes,
    carriedOut: budget - charged,
    boughtSteps: bought,
    freeSteps: facts.freeSteps,
    lines,
  };
}

/** The most steps whose price is within the budget, that one token carries together with the free ones. */
function stepsFor(budget: bigint, costOf: (steps: number) => bigint, freeSteps: number): number {
  const most = maxTokenSteps - freeSteps;
  if (budget < costOf(1)) return 0;
  let low = 1;
  let high = 2;
  while (high < most && costOf(high) <= budget) {
    low = high;
    high *= 2;
  }
  if (high >= most && costOf(most) === costOf(1)) throw noPrice();
  high = Math.min(high, most + 1);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (costOf(middle) <= budget) low = middle;
    else high = middle;
  }
  const carried = Math.max(0, transferable(low + freeSteps) - freeSteps);
  // A subsidy that ends at a limit can make less energy dearer; what was found is always affordable.
  return costOf(carried) <= budget ? carried : low;
}

function tooLittle(least: bigint, { arrears, carriedIn, amount }: VendFacts, currency: string): AppError {
  const needed = amountOf(least - carriedIn, currency);
  const debt = arrears > 0n ? amountOf(arrears, currency) : undefined;
  const [left, of] = [amountOf(amount - arrears, currency), amountOf(amount, currency)];
  if (amount === 0n)
    return new AppError('unprocessable', undefined, {
      texts: {
        en: 'There are no free units: those of this month were given, or the customer has none.',
        ar: 'لا توجد وحدات مجانية: صُرفت وحدات هذا الشهر أو لا يستحقها المشترك.',
      },
    });
  return new AppError('unprocessable', undefined, {
    texts: {
      en: `${of} ${currency} buys no energy: the charges that are due and the smallest token need ${needed}${debt ? `, and after ${debt} for debt ${left} is left` : ''}.`,
      ar: `لا يشتري المبلغ ${of} ${currency} أي طاقة: الرسوم المستحقة وأصغر رمز شحن يتطلبان ${needed}${debt ? `، ولا يبقى بعد خصم ${debt} للمديونية إلا ${left}` : ''}.`,
    },
  });
}

const noPrice = (): AppError =>
  new AppError('unprocessable', undefined, {
    texts: { en: 'The tariff has no price for energy.', ar: 'لا تحتوي التعرفة على سعر للطاقة.' },
  });
