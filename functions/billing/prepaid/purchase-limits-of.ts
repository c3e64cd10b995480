/** What can be bought for supplies now, said before anybody pays: the same limits that a purchase is held against. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { localDate } from '../../../layers/metering/time-zone.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { refuseMany } from '../supplies/refuse-many.ts';
import type { BilledSupply } from '../supplies/supply-schema.ts';
import { versionsOf } from '../tariffs/tariff-entity.ts';
import { accountOn, readPrepaidAccount } from './prepaid-account.ts';
import { versionInForce } from './price-month.ts';
import { limitsOf, type PurchaseLimits } from './purchase-limits.ts';
import { readPrepaidSettings } from './settings.ts';
import { vendingMeterEntity } from './vending-meter.ts';

export interface SupplyLimits extends PurchaseLimits {
  supplyId: string;
  meterId: string;
  meterNumber: string;
  currency: string;
}

/** Of those for which tokens are sold today. @param supplies of one customer @throws AppError `unprocessable` for too many */
export async function purchaseLimitsOf(
  session: TenantSession,
  supplies: readonly (BilledSupply & Stored)[],
): Promise<SupplyLimits[]> {
  const [{ timeZone }, settings] = await Promise.all([tenantProfile(session), readPrepaidSettings(session)]);
  const day = localDate(Date.parse(session.context.now()), timeZone);
  const present = supplies.filter(
    ({ mode, from, to }) => mode === 'prepaid' && from <= day && (to === undefined || to > day),
  );
  refuseMany(present);
  const all = await Promise.all(
    present.map(async (supply): Promise<SupplyLimits[]> => {
      const [meter, stored, versions] = await Promise.all([
        session.get(vendingMeterEntity, { meterId: supply.meterId }),
        readPrepaidAccount(session, supply.id),
        versionsOf(session, supply.tariffId),
      ]);
      const currency = versionInForce(versions, day)?.currency;
      if (meter === undefined || currency === undefined || stored?.isClosed) return [];
      // What was kept is in the currency it was paid in, and until that is settled nothing is sold in another.
      if (stored !== undefined && stored.currency !== currency) return [];
      const account = accountOn(stored, supply, currency, day, timeZone);
      const { id: supplyId, meterId } = supply;
      return [
        { supplyId, meterId, meterNumber: meter.meterNumber, currency, ...limitsOf(account, settings, currency) },
      ];
    }),
  );
  return all.flat();
}
