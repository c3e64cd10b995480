/**
 * Which key a meter holds. Key-change tokens are sent; that they were entered is known when the customer says so, when the meter
 * does, or when somebody who bought with the new key buys again, for the first token must have been taken.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { noteCampaign } from './campaign-progress.ts';
import { prepaidKeyConfirmed } from './prepaid-events.ts';
import { rollOverAt } from './sts-numbers.ts';
import { requireVendingMeter, type VendingMeter, vendingMeterEntity } from './vending-meter.ts';

export type ConfirmedBy = 'customer' | 'meter_status' | 'next_vend';

/** @throws AppError `conflict` when no new key is on its way; `unprocessable` */
export function confirmKey(session: TenantSession, meterId: string, by: ConfirmedBy): Promise<VendingMeter & Stored> {
  return retryOnChange(async () => {
    const meter = await requireVendingMeter(session, meterId);
    if (meter.pendingKey === undefined)
      throw new AppError('conflict', undefined, {
        texts: { en: 'No new key was sent to the meter.', ar: 'لم يُرسل إلى العداد مفتاح جديد.' },
      });
    return session.transact('billing', (unit) => writeConfirmation(unit, meter, by));
  });
}

/**
 * A meter takes no token whose identifier its base date cannot count any more: what is sold to it would be worth nothing. One whose
 * new key is on its way is sold to by that key.
 * @throws AppError `unprocessable`
 */
export function refuseRolledOver({ meterId, baseDate, pendingKey }: VendingMeter, now: string): void {
  const held = pendingKey?.baseDate ?? baseDate;
  if (Date.parse(now) < rollOverAt(held)) return;
  throw new AppError('unprocessable', undefined, {
    texts: {
      en: `Meter "${meterId}" takes no tokens any more: identifiers of base date ${held} ran out. Change its key first.`,
      ar: `العداد ${meterId} لم يعد يقبل الرموز: انتهت معرّفات سنة الأساس ${held}. غيّر مفتاحه أولًا.`,
    },
  });
}

/** Counts a purchase made after the key change; with the second the key is known to be there. */
export function afterKeyPurchase(unit: UnitOfWork, meter: VendingMeter & Stored): void {
  const { pendingKey } = meter;
  if (pendingKey === undefined) return;
  if (pendingKey.purchases > 0) writeConfirmation(unit, meter, 'next_vend');
  else
    unit.update(
      vendingMeterEntity,
      meter,
      { pendingKey: { ...pendingKey, purchases: pendingKey.purchases + 1 } },
      { isAudited: false },
    );
}

function writeConfirmation(unit: UnitOfWork, meter: VendingMeter & Stored, by: ConfirmedBy): VendingMeter & Stored {
  const { supplyGroupCode, keyRevision, tariffIndex, baseDate, vendId, campaignId } = meter.pendingKey!;
  const after = unit.update(vendingMeterEntity, meter, {
    supplyGroupCode,
    keyRevision,
    tariffIndex,
    baseDate,
    pendingKey: null,
  });
  if (campaignId !== undefined)
    noteCampaign(unit, { campaignId, meterId: meter.meterId, vendId, status: 'confirmed', confirmedBy: by });
  unit.emit(prepaidKeyConfirmed, {
    aggregateId: meter.meterId,
    payload: { meterId: meter.meterId, meterNumber: meter.meterNumber, vendId, keyRevision, baseDate, by },
  });
  return after;
}
