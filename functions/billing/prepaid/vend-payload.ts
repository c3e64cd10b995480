/** What events say of a token. */

import { amountOf } from '../invoices/invoice-amounts.ts';
import { shownLine } from './charge-lines.ts';
import type { PricedVend } from './price-vend.ts';
import { groupToken, maskToken } from './sts-numbers.ts';
import { kwhOf } from './token-energy.ts';
import type { StoredVend, VendRow } from './vend-entity.ts';
import type { Vend, VendParts } from './vend-schema.ts';

export const vendPayload = ({ id, kind, meterId, meterNumber, ...vend }: StoredVend) => ({
  vendId: id,
  kind,
  meterId,
  meterNumber,
  ...(vend.supplyId === undefined ? {} : { supplyId: vend.supplyId }),
  ...(vend.customerId === undefined ? {} : { customerId: vend.customerId }),
  ...(vend.customerType === undefined ? {} : { customerType: vend.customerType }),
  ...(vend.campaignId === undefined ? {} : { campaignId: vend.campaignId }),
  ...(vend.paymentId === undefined ? {} : { paymentId: vend.paymentId }),
  ...(vend.currency === undefined ? {} : { currency: vend.currency }),
  ...(vend.amount === undefined ? {} : { amount: vend.amount }),
});

export const partsPayload = ({ parts }: StoredVend) =>
  parts === undefined
    ? {}
    : {
        currency: parts.currency,
        arrearsAmount: parts.arrearsAmount,
        chargedAmount: parts.chargedAmount,
        energyAmount: parts.energyAmount,
        fixedAmount: parts.fixedAmount,
        taxAmount: parts.taxAmount,
        energyKwh: parts.energyKwh,
      };

export function partsOf(priced: PricedVend): VendParts {
  const amount = (minor: bigint): string => amountOf(minor, priced.currency);
  return {
    currency: priced.currency,
    amount: amount(priced.amount),
    carriedIn: amount(priced.carriedIn),
    arrearsAmount: amount(priced.arrears),
    chargedAmount: amount(priced.charged),
    energyAmount: amount(priced.energy),
    fixedAmount: amount(priced.fixed),
    taxAmount: amount(priced.taxes),
    carriedOut: amount(priced.carriedOut),
    boughtKwh: kwhOf(priced.boughtSteps),
    freeKwh: kwhOf(priced.freeSteps),
    energyKwh: kwhOf(priced.boughtSteps + priced.freeSteps),
    lines: priced.lines.map((line) => shownLine(line, priced.currency)),
  };
}

/** As answers show it: tokens in groups of four, or masked; what is needed to take it back is left away. */
export function shownVend<T extends VendRow>(
  { before: _before, reversals: _reversals, mayBeReversed: _may, ...vend }: T,
  { withTokens }: { withTokens: boolean },
): Vend & Pick<VendRow, 'version' | 'createdAt' | 'updatedAt'> {
  if (vend.tokens === undefined) return vend;
  return { ...vend, tokens: vend.tokens.map(withTokens ? groupToken : maskToken) };
}
