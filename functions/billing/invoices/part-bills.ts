/**
 * Which bills of a customer go on one invoice: those of one currency and of one group of the customer's, and as many as one row
 * and one transaction hold.
 */
import { maxSteps } from '../../../layers/kernel/data/unit-of-work.ts';
import type { PricedSupply } from './price-supplies.ts';

/** Of a transaction: the invoice with its list, account, money paid ahead, events and records, or a note with its correction. */
const stepsOfInvoice = 20;
export const mostSupplies = maxSteps - stepsOfInvoice;
/** DynamoDB takes 400 KB in an item. */
const mostBytes = 250_000;

export function parted(priced: readonly PricedSupply[]): PricedSupply[][] {
  const groups = Map.groupBy(priced, ({ supply: { invoiceGroup = '' }, supplied }) =>
    [supplied.bill.currency, invoiceGroup].join(' '),
  );
  return [...groups.values()].flatMap(cut);
}

function cut(group: readonly PricedSupply[]): PricedSupply[][] {
  const parts: PricedSupply[][] = [];
  let [bytes, steps] = [0, 0];
  for (const each of group) {
    const size = Buffer.byteLength(JSON.stringify(each.supplied));
    const own = stepsOf(each);
    if (parts.length === 0 || steps + own > mostSupplies || bytes + size > mostBytes) {
      parts.push([each]);
      [bytes, steps] = [size, own];
    } else {
      parts.at(-1)!.push(each);
      bytes += size;
      steps += own;
    }
  }
  return parts;
}

/** Its row, its meter's, and an exception with event and record. */
const stepsOf = ({ supply, supplied, isUnsettled }: PricedSupply): number =>
  1 + (supplied.bill.estimated || isUnsettled ? 1 : 0) + (supply.veeException === undefined ? 0 : 3);
