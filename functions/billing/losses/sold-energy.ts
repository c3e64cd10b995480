/** Energy that prepaid tokens carried, by the local day they were made. What was taken back is not sold. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { encodeTime } from '../../../layers/kernel/ids.ts';
import { localDate } from '../../../layers/metering/time-zone.ts';
import { dayStart } from '../../../layers/tariff/calendar.ts';
import { type VendListing, type VendRow, vendEntity, vendListingEntity } from '../prepaid/vend-entity.ts';
import type { Period } from './area-meters.ts';
import { unitsOf } from './loss-sums.ts';

export interface SoldToken {
  supplyId: string;
  /** Local day. */
  day: string;
  /** Millionths of a kWh, free units included. */
  units: bigint;
}

/** Tokens are asked for long before they are made where a person must look after a lost answer; free units have the id of their month. */
const longestMs = 92 * 86_400_000;

export async function soldTokens(
  session: TenantSession,
  meterId: string,
  days: Period,
  timeZone: string,
): Promise<SoldToken[]> {
  const tokens: VendRow[] = [];
  let cursor: string | undefined;
  do {
    const page = await session.query<VendListing & Stored>(vendListingEntity, {
      pk: ['VENDS-OF', `meter/${meterId}`],
      from: [`vnd_${encodeTime(dayStart(days.from, timeZone) - longestMs)}`],
      to: [`vnd_${encodeTime(dayStart(days.to, timeZone))}~`],
      limit: 100,
      consistent: true,
      cursor,
    });
    tokens.push(
      ...((await session.getMany(
        vendEntity,
        page.items.map(({ id }) => ({ id })),
      )) as VendRow[]),
    );
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return tokens.flatMap(({ kind, status, supplyId, vendedAt, parts }) => {
    const isSold = (kind === 'credit' || kind === 'free_units') && (status === 'vended' || status === 'reversing');
    if (!isSold || supplyId === undefined || vendedAt === undefined || parts === undefined) return [];
    return [{ supplyId, day: localDate(Date.parse(vendedAt), timeZone), units: unitsOf(parts.energyKwh) }];
  });
}
