/**
 * What a prepaid supply has bought so far: one row, changed on its version with every token, so that of two purchases at once
 * the second is priced after the first.
 */
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { localDate } from '../../../layers/metering/time-zone.ts';
import { later } from '../../../layers/tariff/calendar.ts';
import type { BilledSupply } from '../supplies/supply-schema.ts';
import { monthStart } from './price-month.ts';

export interface PrepaidAccount {
  supplyId: string;
  customerId: string;
  currency: string;
  /** Minor units left over by the last purchase, decimal text. */
  carried: string;
  /** First local day whose charges no purchase has paid. */
  chargedTo: string;
  /** The local month (`2026-06`) that what follows is of. */
  month: string;
  /** Tenths of a kWh bought in it. */
  boughtSteps: number;
  /** The last local month whose free units were given. */
  freeMonth?: string;
  /** The local day and the minor units paid on it and in its month, for limits. */
  paid: { day: string; dayMinor: string; monthMinor: string };
  /** The token that is being made or taken back. */
  openVendId?: string;
  /** The last one that was made: the only one that can be taken back. */
  lastVendId?: string;
  /** Set when the supply went back to being billed afterwards. */
  isClosed?: boolean;
}

export const prepaidAccountEntity = defineEntity<PrepaidAccount, { supplyId: string }>()({
  name: 'prepaid account',
  table: 'billing',
  key: ({ supplyId }) => ({ pk: ['SUPPLY', supplyId], sk: ['PREPAID'] }),
  idOf: ({ supplyId }) => supplyId,
});

/** As stored, or as a supply begins; months before this one are over. @param day local day */
export function accountOn(
  stored: (PrepaidAccount & Stored) | undefined,
  supply: BilledSupply & Stored,
  currency: string,
  day: string,
  timeZone: string,
): PrepaidAccount {
  const account: PrepaidAccount = stored ?? {
    supplyId: supply.id,
    customerId: supply.customerId,
    currency,
    carried: '0',
    // A supply that was entered long after it began owes nothing for the time before.
    chargedTo: later(supply.from, monthStart(localDate(Date.parse(supply.createdAt), timeZone))),
    month: day.slice(0, 7),
    boughtSteps: 0,
    paid: { day, dayMinor: '0', monthMinor: '0' },
  };
  const isThisMonth = account.month === day.slice(0, 7);
  const { paid } = account;
  return {
    ...account,
    month: day.slice(0, 7),
    boughtSteps: isThisMonth ? account.boughtSteps : 0,
    paid: {
      day,
      dayMinor: paid.day === day ? paid.dayMinor : '0',
      monthMinor: paid.day.slice(0, 7) === day.slice(0, 7) ? paid.monthMinor : '0',
    },
  };
}

export const readPrepaidAccount = (
  session: TenantSession,
  supplyId: string,
): Promise<(PrepaidAccount & Stored) | undefined> =>
  session.get(prepaidAccountEntity, { supplyId }, { consistent: true });
