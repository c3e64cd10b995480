/**
 * Local time as far as electricity use depends on it: hour, weekend, Ramadan, season. Yemen is three hours
 * ahead of UTC all year and rests on Friday.
 */

const UTC_OFFSET_MS = 3 * 3_600_000;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const FRIDAY = 5;
const RAMADAN = '9';

export interface Moment {
  /** 0 ≤ hour < 24, local, with fraction. */
  hour: number;
  /** Days since the epoch, local. */
  day: number;
  friday: boolean;
  ramadan: boolean;
  /** 0 ≤ yearPhase < 1, 0 at the start of January. */
  yearPhase: number;
}

interface DayFacts {
  friday: boolean;
  ramadan: boolean;
  yearPhase: number;
}

const islamicMonth = new Intl.DateTimeFormat('en-u-ca-islamic-umalqura-nu-latn', { month: 'numeric', timeZone: 'UTC' });
const knownDays = new Map<number, DayFacts>();

export function momentAt(epochMs: number): Moment {
  const local = epochMs + UTC_OFFSET_MS;
  const day = Math.floor(local / DAY_MS);
  const { friday, ramadan, yearPhase } = factsOf(day);
  return { hour: (local - day * DAY_MS) / HOUR_MS, day, friday, ramadan, yearPhase };
}

/** Epoch milliseconds of a local midnight. */
export function startOfDay(day: number): number {
  return day * DAY_MS - UTC_OFFSET_MS;
}

/** Hours of sunrise and sunset at 15° north, to a few minutes; the sun is highest at noon there. */
export function sunHours(yearPhase: number): { rise: number; set: number } {
  const halfDay = 6 + 0.45 * Math.cos(2 * Math.PI * (yearPhase - 0.47));
  return { rise: 12 - halfDay, set: 12 + halfDay };
}

function factsOf(day: number): DayFacts {
  let facts = knownDays.get(day);
  if (!facts) {
    const date = new Date(day * DAY_MS);
    const yearStart = Date.UTC(date.getUTCFullYear(), 0, 1) / DAY_MS;
    facts = {
      friday: date.getUTCDay() === FRIDAY,
      ramadan: islamicMonth.formatToParts(date).some(({ type, value }) => type === 'month' && value === RAMADAN),
      yearPhase: (day - yearStart) / 365.25,
    };
    knownDays.set(day, facts);
  }
  return facts;
}
