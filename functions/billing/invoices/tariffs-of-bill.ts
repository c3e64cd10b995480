/**
 * The versions of tariffs that the bill of a supply is made of. A bill is in one currency: where another begins it ends, and the
 * days after are a bill of their own.
 */
import { addDays, earlier, later } from '../../../layers/tariff/calendar.ts';
import type { BillingFacts } from '../../../layers/tariff/facts.ts';
import type { TariffVersion } from '../../../layers/tariff/tariff-schema.ts';
import type { BilledSupply } from '../supplies/supply-schema.ts';
import { type TariffTimeline, tariffsHeld, versionsAlong } from '../supplies/tariff-timeline.ts';
import { keepsBank, type MadeBill } from './bill-memory.ts';

interface Days {
  from: string;
  /** The first day after. */
  to: string;
}

export interface TariffsOfBill {
  /** Days of the bill: all that were asked for, or those before another currency. */
  days: Days;
  held: TariffTimeline;
  /** Those in force on its days, in order. */
  versions: TariffVersion[];
  /** What the tariffs around it make of the bill. */
  around: Pick<BillingFacts, 'cutFrom' | 'followedBy' | 'bankedUnder'>;
}

/** @param nominal the route's whole period @param before what is remembered of the bill before */
export async function tariffsOfBill(
  supply: BilledSupply,
  asked: Days,
  nominal: Days,
  versionsOf: (tariffId: string) => Promise<TariffVersion[]>,
  before?: MadeBill,
): Promise<TariffsOfBill> {
  const along = (days: Days) => versionsAlong(tariffsHeld(supply, days), days, versionsOf);
  const all = await along(asked);
  const other = all.find(({ currency }) => currency !== all[0]!.currency);
  const days = { from: asked.from, to: other?.from ?? asked.to };
  const versions = other === undefined ? all : all.slice(0, all.indexOf(other));
  const around: TariffsOfBill['around'] = {};
  const { currency } = versions[0] ?? {};
  const [dayBefore, dayAfter] = await Promise.all([
    days.from > supply.from ? along({ from: addDays(days.from, -1), to: days.from }) : [],
    supply.to === undefined || days.to < supply.to ? along({ from: days.to, to: addDays(days.to, 1) }) : [],
  ]);
  const isAnother = ([version]: TariffVersion[]) => version !== undefined && version.currency !== currency;
  const began = (before?.to === days.from ? before.cutFrom : undefined) ?? earlier(days.from, nominal.from);
  const whole = {
    from: isAnother(dayBefore) ? later(supply.from, began) : days.from,
    to: isAnother(dayAfter) ? later(days.to, earlier(supply.to ?? nominal.to, nominal.to)) : days.to,
  };
  if (whole.from < days.from || whole.to > days.to) around.cutFrom = whole;
  if (isAnother(dayAfter)) around.followedBy = dayAfter[0]!;
  const bankedUnder = days.from > supply.from ? await along({ from: supply.from, to: days.from }) : [];
  const keeping = bankedUnder.findLast(keepsBank);
  if (keeping !== undefined) around.bankedUnder = keeping;
  return { days, held: tariffsHeld(supply, days), versions, around };
}
