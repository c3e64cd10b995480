/**
 * Which bills of a customer go on one invoice: those of one currency and of one group of the customer's, of no more days than one
 * bill may have, and as many as one row and one transaction hold.
 */
import { maxSteps } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { daysBetween, later } from '../../../layers/tariff/calendar.ts';
import type { Invoice } from './invoice-schema.ts';
import { longestBillDays, type PricedSupply } from './price-supplies.ts';

/** Of a transaction: the invoice with its list, account, money paid ahead, events and records, or a note with its correction. */
const stepsOfInvoice = 20;
export const mostSupplies = maxSteps - stepsOfInvoice;
/** DynamoDB takes 400 KB in an item. */
const mostBytes = 250_000;

/** Text as JSON is longer than what DynamoDB counts of it; so is the record of who made a note. */
const mostNoteBytes = 390_000;

/** Bills made anew may have grown, as by a tariff that changed within them. @throws AppError `unprocessable` */
export function refuseLongNote(note: Invoice): void {
  if (Buffer.byteLength(JSON.stringify(note)) <= mostNoteBytes) return;
  throw new AppError('unprocessable', undefined, {
    texts: {
      en: 'The bills of this invoice became too long for one note: cancel the invoice and have its days billed again, which makes several.',
      ar: 'صارت حسابات هذه الفاتورة أطول مما يسعه إشعار واحد: ألغِ الفاتورة وأعد فوترة أيامها، فتصير عدة فواتير.',
    },
  });
}

export function parted(priced: readonly PricedSupply[]): PricedSupply[][] {
  const groups = Map.groupBy(priced, ({ supply: { invoiceGroup = '' }, supplied }) =>
    [supplied.bill.currency, invoiceGroup].join(' '),
  );
  return [...groups.values()].flatMap(cut);
}

function cut(group: readonly PricedSupply[]): PricedSupply[][] {
  const parts: PricedSupply[][] = [];
  let [bytes, steps, from, to] = [0, 0, '', ''];
  // Late readings look for the invoice of a day among those that began so many days before it: an end of years ago is by itself.
  for (const each of group.toSorted(byFirstDay)) {
    const { bill } = each.supplied;
    const size = Buffer.byteLength(JSON.stringify(each.supplied));
    const own = stepsOf(each);
    const end = later(to, bill.to);
    const isLong = parts.length > 0 && daysBetween(from, end) > longestBillDays;
    if (parts.length === 0 || isLong || steps + own > mostSupplies || bytes + size > mostBytes) {
      parts.push([each]);
      [bytes, steps, from, to] = [size, own, bill.from, bill.to];
    } else {
      parts.at(-1)!.push(each);
      bytes += size;
      steps += own;
      to = end;
    }
  }
  return parts;
}

const byFirstDay = ({ supplied: a }: PricedSupply, { supplied: b }: PricedSupply): number =>
  a.bill.from < b.bill.from ? -1 : a.bill.from > b.bill.from ? 1 : 0;

/** Its row, its meter's, and an exception with event and record. */
const stepsOf = ({ supply, supplied, isUnsettled }: PricedSupply): number =>
  1 + (supplied.bill.estimated || isUnsettled ? 1 : 0) + (supply.veeException === undefined ? 0 : 3);
