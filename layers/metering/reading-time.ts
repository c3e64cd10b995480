/**
 * Times of readings: RFC 3339 (section 5.6) to milliseconds and back. `Date.parse` accepts far more than that and
 * turns the 30th of February into March, so the digits are read here; it runs once per reading.
 */

const shape = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;

const daysBefore = (year: number, month: number): number => Date.UTC(year, month, 0);

/** @returns milliseconds since the epoch, or undefined for a text that is no RFC 3339 time or a day that never was */
export function parseTime(text: string): number | undefined {
  if (text.length > 40 || !shape.test(text)) return undefined;
  const number = (start: number, end: number): number => Number(text.slice(start, end));
  const year = number(0, 4);
  const month = number(5, 7);
  const day = number(8, 10);
  const hour = number(11, 13);
  const minute = number(14, 16);
  const second = number(17, 19);
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59 || day < 1) return undefined;
  if (day > 28 && day > new Date(daysBefore(year, month)).getUTCDate()) return undefined;
  const isZulu = text.endsWith('Z') || text.endsWith('z');
  const zoneStart = isZulu ? text.length - 1 : text.length - 6;
  const fraction = zoneStart > 19 ? Math.floor(Number(`0${text.slice(19, zoneStart)}`) * 1000) : 0;
  const utc = Date.UTC(year, month - 1, day, hour, minute, second, fraction);
  if (isZulu) return utc;
  const zoneHour = number(zoneStart + 1, zoneStart + 3);
  const zoneMinute = number(zoneStart + 4, zoneStart + 6);
  if (zoneHour > 23 || zoneMinute > 59) return undefined;
  const offsetMs = (zoneHour * 60 + zoneMinute) * 60_000;
  return text[zoneStart] === '+' ? utc - offsetMs : utc + offsetMs;
}

/** UTC with milliseconds: every reading's time has the same length, so keys sort by time. */
export const isoTime = (timeMs: number): string => new Date(timeMs).toISOString();

/** `2026-11`, the UTC month that holds a time. */
export const monthOf = (timeMs: number): string => isoTime(timeMs).slice(0, 7);

/** The UTC months from one time to another, first to last. */
export function monthsBetween(fromMs: number, toMs: number): string[] {
  const months: string[] = [];
  const end = monthOf(toMs);
  for (let month = monthOf(fromMs); month <= end; month = shiftMonth(month, 1)) months.push(month);
  return months;
}

/** The month so many months later, or earlier when negative. */
export function shiftMonth(month: string, by: number): string {
  return monthOf(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)) - 1 + by, 1));
}
