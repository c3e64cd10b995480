/** Who had a meter on which days, and what bills and tokens say of them. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { occupancyEntity, supplyEntity } from '../supplies/supply-entity.ts';
import type { BilledSupply } from '../supplies/supply-schema.ts';
import { spanAt } from '../supply-readings/take-readings.ts';
import type { Period } from './area-meters.ts';
import type { BilledStretch, BillReader } from './billed-energy.ts';
import { clip, union } from './day-spans.ts';
import { type SoldToken, soldTokens } from './sold-energy.ts';

/** What becomes of energy that is taken on a day. */
export type Standing = 'billed' | 'unbilled' | 'prepaid' | 'without_supply' | 'input';

export interface MeterSupplies {
  billed: BilledStretch[];
  sold: SoldToken[];
  standingOf(day: string): Standing;
  /** Days on which that changes. */
  edges: string[];
}

export async function suppliesOfMeter(
  session: TenantSession,
  meterId: string,
  whole: Period,
  timeZone: string,
  bills: BillReader,
): Promise<MeterSupplies> {
  const occupancy = await session.get(occupancyEntity, { meterId }, { consistent: true });
  const spans = (occupancy?.spans ?? []).filter((span) => clip(span, whole) !== undefined);
  const supplies = new Map<string, BilledSupply>();
  for (const { supplyId } of spans) supplies.set(supplyId, await session.require(supplyEntity, { id: supplyId }));
  const billed: BilledStretch[] = [];
  for (const span of spans) {
    const { id, customerId, mode, billedTo } = supplies.get(span.supplyId)!;
    // No bill reaches further than the supply says, so that nothing is looked for there.
    const days =
      mode === 'postpaid' && billedTo !== undefined
        ? clip({ ...span, to: earliest(span.to, billedTo) }, whole)
        : undefined;
    if (days !== undefined) billed.push(...(await bills({ id, customerId }, days)));
  }
  const isPrepaid = ({ mode }: BilledSupply): boolean => mode === 'prepaid';
  const sold = [...supplies.values()].some(isPrepaid) ? await soldTokens(session, meterId, whole, timeZone) : [];
  const covered = union(billed);
  return {
    billed,
    sold: sold.filter(({ supplyId }) => supplies.has(supplyId)),
    edges: [...spans, ...covered].flatMap(({ from, to }) => [from, ...(to === undefined ? [] : [to])]),
    standingOf: (day) => {
      const supply = supplies.get(spanAt(occupancy, day)?.supplyId ?? '');
      if (supply === undefined) return 'without_supply';
      if (isPrepaid(supply)) return 'prepaid';
      return covered.some(({ from, to }) => from <= day && day < to) ? 'billed' : 'unbilled';
    },
  };
}

const earliest = (a: string | undefined, b: string): string => (a === undefined || b < a ? b : a);
