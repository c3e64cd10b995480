/**
 * AWS cron expressions: minutes hours day-of-month month day-of-week year.
 * @see EventBridge User Guide, "Cron expressions reference"; EventBridge Scheduler User Guide, "Cron-based schedules"
 */
import { instantOf, wallTime } from './zoned-time.ts';

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const LAST_YEAR = 2199;

/** Whether a day of a month, given its weekday (0 is Sunday) and the month's length, is meant. */
type DayTest = (day: number, weekday: number, length: number) => boolean;

export interface Cron {
  /** The first instant after `after`, or undefined when there is none up to 2199. */
  next(after: number): number | undefined;
}

export function parseCron(text: string, timeZone: string): Cron {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 6)
    throw new SyntaxError(`cron(${text}) needs six fields: minutes hours day-of-month month day-of-week year.`);
  const [minute, hour, dayOfMonth, month, dayOfWeek, year] = fields as [string, string, string, string, string, string];
  if ((dayOfMonth === '?') === (dayOfWeek === '?'))
    throw new SyntaxError(`cron(${text}): one of day-of-month and day-of-week, and only one, must be "?".`);
  const minutes = parseSet(minute, 0, 59);
  const hours = parseSet(hour, 0, 23);
  const months = parseSet(month, 1, 12, MONTHS, 1);
  const years = parseSet(year, 1970, LAST_YEAR);
  const isDay = dayOfWeek === '?' ? parseDayOfMonth(dayOfMonth) : parseDayOfWeek(dayOfWeek);
  return {
    next(after) {
      const from = wallTime(after, timeZone);
      for (const wall of wallTimes(from, { minutes, hours, months, years, isDay })) {
        // "Daylight saving time": a time that clocks skip is skipped, one they show twice fires once.
        const instant = instantOf(wall, timeZone);
        if (instant !== undefined && instant > after) return instant;
      }
      return undefined;
    },
  };
}

interface Fields {
  minutes: number[];
  hours: number[];
  months: number[];
  years: number[];
  isDay: DayTest;
}

function* wallTimes(from: number, { minutes, hours, months, years, isDay }: Fields): Generator<number> {
  const start = new Date(from);
  const startOfDay = Date.UTC(start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate());
  for (const year of years) {
    if (year < start.getUTCFullYear()) continue;
    for (const month of months) {
      if (Date.UTC(year, month, 1) <= startOfDay) continue;
      const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
      for (let day = 1; day <= length; day += 1) {
        const midnight = Date.UTC(year, month - 1, day);
        if (midnight < startOfDay || !isDay(day, new Date(midnight).getUTCDay(), length)) continue;
        for (const hour of hours) for (const minute of minutes) yield midnight + (hour * 60 + minute) * 60_000;
      }
    }
  }
}

/** Lists, ranges, steps and names of one field, as sorted values. */
function parseSet(field: string, minimum: number, maximum: number, names: string[] = [], firstName = 0): number[] {
  const number = (token: string): number => {
    const named = names.indexOf(token.toUpperCase());
    const value = named >= 0 ? named + firstName : /^\d+$/.test(token) ? Number(token) : Number.NaN;
    if (value >= minimum && value <= maximum) return value;
    throw new SyntaxError(`"${field}" is not a cron field from ${minimum} to ${maximum}.`);
  };
  const values = new Set<number>();
  for (const item of field.split(',')) {
    const [range = '', step] = item.split('/');
    const [low, high] = range === '*' ? [minimum, maximum] : range.split('-').map(number);
    const end = high ?? (step === undefined ? low! : maximum);
    const by = step === undefined ? 1 : Number(step);
    if (!(Number.isInteger(by) && by > 0)) throw new SyntaxError(`"${field}": the step must be a number from 1.`);
    for (let value = low!; value <= end; value += by) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

/** `L` is the last day, `15W` the weekday nearest to the 15th within the month. */
function parseDayOfMonth(field: string): DayTest {
  if (field === 'L') return (day, _, length) => day === length;
  const nearest = /^(\d+)W$/.exec(field);
  if (nearest === null) {
    const days = new Set(parseSet(field, 1, 31));
    return (day) => days.has(day);
  }
  const [wanted = 0] = parseSet(nearest[1]!, 1, 31);
  return (day, weekday, length) => {
    if (weekday === 0 || weekday === 6 || wanted > length) return false;
    if (day === wanted) return true;
    const isMondayAfter = weekday === 1 && (day === wanted + 1 || (wanted === 1 && day === 3));
    const isFridayBefore = weekday === 5 && (day === wanted - 1 || (wanted === length && day === length - 2));
    return isMondayAfter || isFridayBefore;
  };
}

/** 1 is Sunday; `5L` the last Thursday, `3#2` the second Tuesday. */
function parseDayOfWeek(field: string): DayTest {
  const special = /^(\w+?)(?:(L)|#([1-5]))$/.exec(field);
  if (field === 'L') return (_, weekday) => weekday === 6;
  if (special === null) {
    const days = new Set(parseSet(field, 1, 7, DAYS, 1));
    return (_, weekday) => days.has(weekday + 1);
  }
  const [wanted] = parseSet(special[1]!, 1, 7, DAYS, 1);
  if (special[2] === 'L') return (day, weekday, length) => weekday + 1 === wanted && day + 7 > length;
  return (day, weekday) => weekday + 1 === wanted && Math.ceil(day / 7) === Number(special[3]);
}
