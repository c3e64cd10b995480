/** What stands on the slip of a token: its digits as long as it is good, what it is for, and where the money went. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { localDate } from '../../../layers/metering/time-zone.ts';
import { paymentEntity } from '../payments/payment-entity.ts';
import type { VendRow } from '../prepaid/vend-entity.ts';
import type { VendKind, VendParts } from '../prepaid/vend-schema.ts';

export interface TokenSlip {
  kind: VendKind;
  /** Of the payment, or the vendor's own. */
  number: string;
  meterNumber: string;
  /** Twenty digits each, to be keyed in one after the other. */
  tokens: readonly string[];
  /** Local day. */
  day: string;
  /** Moment of the vending, ISO 8601. */
  made: string;
  /** Of tokens that carry energy. */
  parts: VendParts | undefined;
}

/** @throws AppError `conflict` for a token that is not there yet, or not good any more */
export function refuseWithoutToken({ status, tokens }: VendRow): void {
  if (status !== 'vended' || tokens === undefined)
    throw new AppError('conflict', undefined, {
      texts: { en: 'There is no token that is good.', ar: 'لا يوجد رمز شحن صالح.' },
    });
}

/** @throws AppError `conflict` as `refuseWithoutToken` */
export async function tokenSlipOf(session: TenantSession, vend: VendRow, timeZone: string): Promise<TokenSlip> {
  refuseWithoutToken(vend);
  const { id, kind, meterNumber, tokens, paymentId, vendorReference, parts } = vend;
  const payment = paymentId === undefined ? undefined : await session.get(paymentEntity, { id: paymentId });
  const made = vend.vendedAt ?? vend.requestedAt;
  return {
    kind,
    number: payment?.paymentNumber ?? vendorReference ?? id,
    meterNumber,
    tokens: tokens!,
    day: localDate(Date.parse(made), timeZone),
    made,
    parts,
  };
}
