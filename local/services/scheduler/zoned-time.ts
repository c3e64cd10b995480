/** Wall-clock time in a time zone to instants and back, which `Date` does for UTC and the machine's zone only. */

/** Wall-clock time as the milliseconds that `Date.UTC` gives for its fields. */
export type WallTime = number;

const formats = new Map<string, Intl.DateTimeFormat>();

export function wallTime(instant: number, timeZone: string): WallTime {
  if (timeZone === 'UTC') return instant;
  const parts: Record<string, number> = {};
  for (const { type, value } of formatFor(timeZone).formatToParts(instant)) parts[type] = Number(value);
  const { year, month, day, hour, minute, second } = parts as Record<
    'year' | 'month' | 'day' | 'hour' | 'minute' | 'second',
    number
  >;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (instant % 1000);
}

/** The earliest instant at which the zone's clocks show this time; undefined when they jump over it. */
export function instantOf(wall: WallTime, timeZone: string): number | undefined {
  if (timeZone === 'UTC') return wall;
  const dayMs = 86_400_000;
  // The offsets a day before and after cover every transition that can touch this time.
  const offsets = [wall - dayMs, wall + dayMs].map((near) => wallTime(near, timeZone) - near);
  const candidates = offsets.map((offset) => wall - offset).filter((instant) => wallTime(instant, timeZone) === wall);
  return candidates.length === 0 ? undefined : Math.min(...candidates);
}

/** Throws a RangeError for an unknown zone name. */
function formatFor(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    const numeric = 'numeric' as const;
    format = new Intl.DateTimeFormat('en-US', {
      ...{ timeZone, hourCycle: 'h23', calendar: 'gregory', numberingSystem: 'latn' },
      ...{ year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric },
    });
    formats.set(timeZone, format);
  }
  return format;
}

export function checkTimeZone(timeZone: string): void {
  formatFor(timeZone);
}
