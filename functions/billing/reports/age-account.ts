/**
 * How old a customer's debt was at the end of a day. Entries of one reference belong together: an invoice and its credit
 * note, a payment and its reversal. What is left of them is debt, which ages by the day it was due, or credit, which is set
 * against the debt due first, as payments are.
 */
import { daysBetween } from '../../../layers/tariff/calendar.ts';
import type { AccountEntry } from '../accounts/account-entity.ts';

/** The last days overdue of each bucket but the last, which has no end. */
export const defaultAgeingDays: readonly number[] = [30, 60, 90, 120];

export interface AgeBucket {
  /** What its amounts are summed under. */
  name: string;
  /** Days overdue. */
  fromDays: number;
  toDays?: number;
}

/** Those of debt that is overdue. @param days ascending */
export function overdueBuckets(days: readonly number[] = defaultAgeingDays): AgeBucket[] {
  const froms = [0, ...days].map((before) => before + 1);
  return froms.map((fromDays, i) => {
    const toDays = days[i];
    return toDays === undefined
      ? { name: `over${fromDays - 1}`, fromDays }
      : { name: `days${fromDays}To${toDays}`, fromDays, toDays };
  });
}

/** Minor units, by `current`, the buckets of what is overdue, and `credit`, which is below zero; all together are the balance. */
export type Ages = Record<string, bigint>;

/** A debt is current through the day it is due. */
export function bucketOf(dueDate: string, asOf: string, buckets: readonly AgeBucket[]): string {
  const overdue = daysBetween(dueDate, asOf);
  return overdue <= 0 ? 'current' : buckets.find(({ toDays = overdue }) => overdue <= toDays)!.name;
}

export interface OpenDebt {
  /** Local day. */
  due: string;
  minor: bigint;
}

type DueDateOf = (invoiceId: string) => string | undefined;

/**
 * What is left of debts, the one due first first, when credit is set against them; and what is left of the credit.
 * @param entries of one currency @param dueDateOf where the entry itself does not say
 */
export function openDebts(
  entries: readonly AccountEntry[],
  dueDateOf: DueDateOf = () => undefined,
): { debts: OpenDebt[]; credit: bigint } {
  const debts: OpenDebt[] = [];
  let credit = 0n;
  for (const group of Map.groupBy(entries, ({ reference }) => reference).values()) {
    const minor = group.reduce((sum, entry) => sum + BigInt(entry.minor), 0n);
    if (minor > 0n) debts.push({ due: dueDayOf(group, dueDateOf), minor });
    else credit -= minor;
  }
  debts.sort((a, b) => (a.due < b.due ? -1 : a.due > b.due ? 1 : 0));
  const open = debts.flatMap(({ due, minor }) => {
    const settled = credit < minor ? credit : minor;
    credit -= settled;
    return settled === minor ? [] : [{ due, minor: minor - settled }];
  });
  return { debts: open, credit };
}

/** @param entries of one currency, up to `asOf` @param ageingDays as `overdueBuckets` takes them */
export function ageEntries(
  entries: readonly AccountEntry[],
  asOf: string,
  { dueDateOf, ageingDays }: { dueDateOf?: DueDateOf; ageingDays?: readonly number[] | undefined } = {},
): Ages {
  const buckets = overdueBuckets(ageingDays);
  const { debts, credit } = openDebts(entries, dueDateOf);
  const ages: Ages = {};
  for (const { due, minor } of debts) {
    const bucket = bucketOf(due, asOf, buckets);
    ages[bucket] = (ages[bucket] ?? 0n) + minor;
  }
  if (credit > 0n) ages['credit'] = -credit;
  return ages;
}

/** What no invoice stands for, such as a payment for a token that bounced, is due at once: the day it was entered last. */
function dueDayOf(group: readonly AccountEntry[], dueDateOf: DueDateOf): string {
  for (const entry of group) {
    const due = entry.dueDate ?? (isInvoice(entry) ? dueDateOf(entry.id) : undefined);
    if (due !== undefined) return due;
  }
  return group.at(-1)!.date;
}

export const isInvoice = ({ type }: Pick<AccountEntry, 'type'>): boolean =>
  type === 'invoice' || type === 'difference_note' || type === 'late_fee';
