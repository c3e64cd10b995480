/** Which bills of a customer go on one invoice: those of one currency, and as many as one row and one transaction hold. */
import type { PricedSupply } from './price-supplies.ts';

/** Of the 100 steps of a transaction a supply takes up to five: its row, its meter's, an exception with event and record. */
const mostSupplies = 16;
/** DynamoDB takes 400 KB in an item. */
const mostBytes = 250_000;

export function parted(priced: readonly PricedSupply[]): PricedSupply[][] {
  const groups = Map.groupBy(priced, ({ supplied }) => supplied.bill.currency);
  return [...groups.values()].flatMap(cut);
}

function cut(group: readonly PricedSupply[]): PricedSupply[][] {
  const parts: PricedSupply[][] = [];
  let bytes = 0;
  for (const each of group) {
    const size = Buffer.byteLength(JSON.stringify(each.supplied));
    const last = parts.at(-1);
    if (last === undefined || last.length === mostSupplies || bytes + size > mostBytes) {
      parts.push([each]);
      bytes = size;
    } else {
      last.push(each);
      bytes += size;
    }
  }
  return parts;
}
