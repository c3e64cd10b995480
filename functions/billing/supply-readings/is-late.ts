/** Whether something told of a meter may have been missed by a bill: bills cover local days that are over, from then on. */
import { localDate } from '../../../layers/metering/time-zone.ts';
import { dayStart } from '../../../layers/tariff/calendar.ts';

/** Later on its own day than this, it may tell what midnight showed, whatever the hour. */
const hoursLate = 3 * 3_600_000;
/** As long as a message may be on its way. */
const promptMs = 5 * 60_000;

/**
 * Late is what is told on a later local day than its own, however soon after. On its own day the first after midnight tells
 * with the last before it how far the register was at the end of days that may be billed: there five minutes are late, too.
 * @param timeMs when it was, milliseconds @param toldMs when it arrived
 */
export function isLate(timeMs: number, toldMs: number, timeZone: string): boolean {
  const age = toldMs - timeMs;
  if (age > hoursLate) return true;
  const midnight = dayStart(localDate(toldMs, timeZone), timeZone);
  return timeMs < midnight || (timeMs - midnight < hoursLate && age > promptMs);
}
