/**
 * Charges of a month that a purchase took for days on which the supply is prepaid no more: the next bill, or whoever moves in, pays
 * them for these days, and nobody pays them twice.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { type Fraction, fraction, nothing, over, plus, scaled, times } from '../../../layers/money/fraction.ts';
import { daysBetween, later } from '../../../layers/tariff/calendar.ts';
import { minorOf } from '../invoices/invoice-amounts.ts';
import type { PrepaidAccount } from './prepaid-account.ts';
import { type VendRow, vendEntity } from './vend-entity.ts';
import type { VendParts } from './vend-schema.ts';

/** Minor units. */
export interface UnusedCharges {
  fixed: bigint;
  taxes: bigint;
}

/** @param from first local day on which the supply is prepaid no more */
export async function readUnusedCharges(
  session: TenantSession,
  { lastVendId, chargedTo }: PrepaidAccount,
  from: string,
): Promise<UnusedCharges> {
  const found: VendParts[] = [];
  // Each token knows how far charges were paid before it: what is older than that reaches no further.
  for (let [id, paidTo] = [lastVendId, chargedTo]; id !== undefined && paidTo > from; ) {
    const vend: VendRow = await session.require(vendEntity, { id });
    found.push(vend.parts!);
    [id, paidTo] = [vend.before?.lastVendId, vend.before?.chargedTo ?? from];
  }
  return unusedCharges(found, from);
}

/** Charges by the month or day count by their days, with their share of the tax; those of a bill were for the bill. */
export function unusedCharges(vends: readonly VendParts[], from: string): UnusedCharges {
  let fixed: Fraction = nothing;
  let taxes: Fraction = nothing;
  for (const parts of vends) {
    const unused = unusedOf(parts, from);
    fixed = plus(fixed, unused);
    const sold = minorOf(parts.energyAmount, parts.currency) + minorOf(parts.fixedAmount, parts.currency);
    const tax = fraction(minorOf(parts.taxAmount, parts.currency));
    if (sold > 0n) taxes = plus(taxes, times(tax, over(unused, fraction(sold))));
  }
  return { fixed: scaled(fixed, 0, 'half-up'), taxes: scaled(taxes, 0, 'half-up') };
}

function unusedOf({ lines, currency }: VendParts, from: string): Fraction {
  return lines
    .filter(({ kind, unit, isOnce, to }) => kind === 'fixed' && unit !== 'bill' && !isOnce && to > from)
    .reduce((sum, line) => {
      const share = fraction(
        BigInt(daysBetween(later(line.from, from), line.to)),
        BigInt(daysBetween(line.from, line.to)),
      );
      return plus(sum, times(share, fraction(minorOf(line.amount, currency))));
    }, nothing);
}
