/** The two ends of making a token: it is there, or it certainly is not. Both happen once, on the version that was read. */

import type { VendingToken } from '../../../layers/integrations/provider.ts';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { postSetOff } from '../accounts/account-entity.ts';
import { minorOf } from '../invoices/invoice-amounts.ts';
import { today } from '../invoices/local-day.ts';
import { paymentEntity } from '../payments/payment-entity.ts';
import { noteCampaignOutcome } from './campaign-progress.ts';
import { afterKeyPurchase } from './key-state.ts';
import { prepaidAccountEntity, readPrepaidAccount } from './prepaid-account.ts';
import { prepaidVended, prepaidVendFailed } from './prepaid-events.ts';
import { planRelease } from './release-money.ts';
import { maskToken } from './sts-numbers.ts';
import { endVendAlert } from './vend-alert.ts';
import { type VendRow, vendEntity } from './vend-entity.ts';
import { partsPayload, vendPayload } from './vend-payload.ts';
import { type VendingMeter, vendingMeterEntity } from './vending-meter.ts';

export interface MadeToken {
  token: VendingToken;
  integrationId: string;
}

/** @throws AppError `version_conflict` when somebody else ended it */
export async function completeVend(
  session: TenantSession,
  vend: VendRow,
  { token, integrationId }: MadeToken,
): Promise<VendRow> {
  const now = session.context.now();
  const [account, meter, payment, date] = await Promise.all([
    vend.supplyId === undefined ? undefined : readPrepaidAccount(session, vend.supplyId),
    session.get(vendingMeterEntity, { meterId: vend.meterId }, { consistent: true }),
    vend.paymentId === undefined ? undefined : session.get(paymentEntity, { id: vend.paymentId }),
    today(session),
  ]);
  return session.transact('billing', (unit) => {
    const after = unit.update(vendEntity, vend, {
      status: 'vended',
      tokens: token.tokens,
      vendorReference: token.providerReference,
      integrationId,
      vendedAt: now,
      endedAt: now,
      outcome: null,
    }) as VendRow;
    if (account?.openVendId === vend.id)
      unit.update(prepaidAccountEntity, account, { openVendId: null, lastVendId: vend.id }, { isAudited: false });
    if (meter !== undefined) changeMeter(unit, meter, after, now);
    postSale(unit, after, payment?.paymentNumber ?? vend.id, date);
    noteCampaignOutcome(unit, after);
    endVendAlert(unit, vend, 'The token was made.');
    const tokens = token.tokens.map(maskToken);
    unit.emit(prepaidVended, {
      aggregateId: vend.id,
      payload: { ...vendPayload(after), ...partsPayload(after), tokens },
    });
    return after;
  });
}

/** Energy is sold for money that is there: on the account both stand beside each other, and the balance stays. */
function postSale(
  unit: UnitOfWork,
  { id, customerId, paymentId, parts, meterNumber }: VendRow,
  reference: string,
  date: string,
): void {
  if (customerId === undefined || paymentId === undefined || parts === undefined) return;
  const { currency } = parts;
  const minor = minorOf(parts.chargedAmount, currency);
  postSetOff(
    unit,
    { customerId, currency, date, reference, minor, token: { meterNumber, energyKwh: parts.energyKwh } },
    { id: `${id}-paid`, type: 'prepaid_payment' },
    { id: `${id}-sold`, type: 'prepaid_sale' },
  );
}

function changeMeter(unit: UnitOfWork, meter: VendingMeter & Stored, vend: VendRow, now: string): void {
  const { order = {} } = vend;
  if (vend.kind === 'power_limit') unit.update(vendingMeterEntity, meter, { powerLimitW: Number(order['limitW']) });
  else if (vend.kind === 'key_change')
    unit.update(vendingMeterEntity, meter, {
      pendingKey: {
        supplyGroupCode: String(order['supplyGroupCode']),
        keyRevision: Number(order['keyRevision']),
        tariffIndex: String(order['tariffIndex']),
        baseDate: Number(order['baseDate']) as VendingMeter['baseDate'],
        vendId: vend.id,
        since: now,
        purchases: 0,
        ...(vend.campaignId === undefined ? {} : { campaignId: vend.campaignId }),
      },
    });
  else if (vend.kind === 'credit') afterKeyPurchase(unit, meter);
}

/** @param reason for people @throws AppError `version_conflict` when somebody else ended it */
export async function failVend(session: TenantSession, vend: VendRow, reason: string): Promise<VendRow> {
  const release = await planRelease(session, vend, 'payment');
  return session.transact('billing', (unit) => {
    const after = unit.update(vendEntity, vend, {
      status: 'failed',
      outcome: reason,
      endedAt: session.context.now(),
    }) as VendRow;
    release.write(unit);
    noteCampaignOutcome(unit, after);
    endVendAlert(unit, vend, 'No token was made.');
    unit.emit(prepaidVendFailed, {
      aggregateId: vend.id,
      payload: {
        ...vendPayload(after),
        ...(vend.paymentId === undefined ? {} : { arrearsAmount: vend.parts?.arrearsAmount ?? '0' }),
        ...(release.returnedAmount === undefined ? {} : { returnedAmount: release.returnedAmount }),
        reason,
      },
    });
    return after;
  });
}
