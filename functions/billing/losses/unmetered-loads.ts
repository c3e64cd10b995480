/** What an area takes without a meter, and is known, on the days of a report. */
import { daysBetween } from '../../../layers/tariff/calendar.ts';
import type { Period } from './area-meters.ts';
import { clip } from './day-spans.ts';
import type { UnmeteredLoad } from './loss-area-entity.ts';
import { unitsOf } from './loss-sums.ts';

/** Millionths of a kWh, as text. */
export const unmeteredOn = (loads: readonly UnmeteredLoad[], days: Period): string =>
  String(
    loads.reduce((units, { kwhPerDay, ...span }) => {
      const own = clip(span, days);
      return own === undefined ? units : units + unitsOf(kwhPerDay) * BigInt(daysBetween(own.from, own.to));
    }, 0n),
  );
