/** Local time of an IANA zone by means of Intl, for calendar buckets that follow daylight saving. */

export interface LocalTime {
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
  hour: number;
  minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(timeZone, format);
  }
  return format;
}

export function localTime(timeMs: number, timeZone: string): LocalTime {
  const local = new Date(timeMs + offsetMs(timeMs, timeZone));
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
  };
}

/** The calendar day of a moment, `2026-04-30`. */
export function localDate(timeMs: number, timeZone: string): string {
  return new Date(timeMs + offsetMs(timeMs, timeZone)).toISOString().slice(0, 10);
}

/** Offsets found before: a billing run asks for the same days a thousand times, and Intl is slow. */
const known = new Map<string, Map<number, number>>();
const mostKnown = 20_000;

/** What local time is ahead of UTC at a moment, in milliseconds. */
export function offsetMs(timeMs: number, timeZone: string): number {
  let ofZone = known.get(timeZone);
  if (ofZone === undefined) {
    ofZone = new Map();
    known.set(timeZone, ofZone);
  }
  const before = ofZone.get(timeMs);
  if (before !== undefined) return before;
  if (ofZone.size >= mostKnown) ofZone.clear();
  const offset = findOffset(timeMs, timeZone);
  ofZone.set(timeMs, offset);
  return offset;
}

function findOffset(timeMs: number, timeZone: string): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(timeMs)) parts[type] = Number(value);
  const { year, month, day, hour, minute, second } = parts;
  const local = Date.UTC(year!, month! - 1, day, hour, minute, second);
  return local - Math.floor(timeMs / 1000) * 1000;
}

/** The first moment of a local calendar day; where midnight is skipped, the moment the clocks jump over it. */
export const startOfLocalDay = (year: number, month: number, day: number, timeZone: string): number =>
  momentOfLocalTime(Date.UTC(year, month - 1, day), timeZone);

/**
 * When clocks show a local time, milliseconds since the epoch: for the first time where they show it twice, and the moment they
 * jump over it where they never do.
 * @param localMs the local time as `Date.UTC` has it
 */
export function momentOfLocalTime(localMs: number, timeZone: string): number {
  const earlier = offsetMs(localMs - 86_400_000, timeZone);
  const later = offsetMs(localMs + 86_400_000, timeZone);
  const candidates = [localMs - earlier, localMs - later].sort((a, b) => a - b);
  for (const candidate of candidates) if (candidate + offsetMs(candidate, timeZone) === localMs) return candidate;
  // The clocks skip it: search the jump, whose local time is the first at or after it.
  let [before, after] = [candidates[0]! - 86_400_000, candidates[1]! + 86_400_000];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (middle + offsetMs(middle, timeZone) >= localMs) after = middle;
    else before = middle;
  }
  return after;
}
