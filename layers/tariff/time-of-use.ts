/** Which bucket of a time-of-use tariff every moment belongs to. Times are local, so a day of 23 or 25 hours comes out right. */
import { localTime, offsetMs } from '../metering/time-zone.ts';
import { addDays, dayStart, holdsOn } from './calendar.ts';
import type { dayKinds, TimeOfUse } from './tariff-schema.ts';

export interface BucketSpan {
  from: number;
  to: number;
  bucket: string;
}

/** The bucket of a tariff without times of use. */
export const anyTime = 'all';

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** The spans from the beginning of one local day to another, in order and without gaps. */
export function bucketSpans(
  timeOfUse: TimeOfUse | undefined,
  from: string,
  to: string,
  timeZone: string,
): BucketSpan[] {
  if (timeOfUse === undefined) return [{ from: dayStart(from, timeZone), to: dayStart(to, timeZone), bucket: anyTime }];
  const spans: BucketSpan[] = [];
  for (let date = from; date < to; date = addDays(date, 1)) {
    for (const span of spansOfDay(timeOfUse, date, timeZone)) {
      const last = spans.at(-1);
      if (last?.bucket === span.bucket) last.to = span.to;
      else spans.push(span);
    }
  }
  return spans;
}

function spansOfDay(timeOfUse: TimeOfUse, date: string, timeZone: string): BucketSpan[] {
  const start = dayStart(date, timeZone);
  const end = dayStart(addDays(date, 1), timeZone);
  const minutes = [...new Set(timeOfUse.windows.flatMap(({ from, to }) => [minuteOf(from), minuteOf(to)]))];
  const edges = [start, end, ...momentsOf(minutes, date, start, end, timeZone)].sort((a, b) => a - b);
  const spans: BucketSpan[] = [];
  for (let i = 1; i < edges.length; i++) {
    const [from, to] = [edges[i - 1]!, edges[i]!];
    if (from < to) spans.push({ from, to, bucket: bucketAt(timeOfUse, date, from, timeZone) });
  }
  return spans;
}

/**
 * When the local clock shows the minutes. An hour that comes twice gives two moments, one that is skipped gives the moment
 * of the jump: windows follow the clock on the wall.
 */
function momentsOf(minutes: number[], date: string, start: number, end: number, timeZone: string): number[] {
  const offsets = new Set([offsetMs(start, timeZone), offsetMs(end - 1, timeZone)]);
  const moments: number[] = [];
  const midnight = Date.parse(`${date}T00:00:00Z`);
  for (const minute of minutes)
    for (const offset of offsets) {
      const moment = midnight + minute * 60_000 - offset;
      if (moment > start && moment < end) moments.push(moment);
    }
  if (offsets.size > 1) moments.push(jumpBetween(start, end, timeZone));
  return moments;
}

function jumpBetween(start: number, end: number, timeZone: string): number {
  const before = offsetMs(start, timeZone);
  let [low, high] = [start, end - 1];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetMs(middle, timeZone) === before) low = middle;
    else high = middle;
  }
  return high;
}

function bucketAt(timeOfUse: TimeOfUse, date: string, moment: number, timeZone: string): string {
  const { hour, minute } = localTime(moment, timeZone);
  const now = hour * 60 + minute;
  const yesterday = addDays(date, -1);
  for (const { bucket, season, days, from, to } of timeOfUse.windows) {
    const fits = (day: string): boolean =>
      (days.includes(kindOf(timeOfUse, day)) ||
        (days.includes('critical') && timeOfUse.criticalDays?.includes(day) === true)) &&
      (season === undefined || season === seasonOf(timeOfUse, day));
    const [opens, closes] = [minuteOf(from), minuteOf(to)];
    if (
      opens < closes
        ? now >= opens && now < closes && fits(date)
        : (now >= opens && fits(date)) || (now < closes && fits(yesterday))
    )
      return bucket;
  }
  return timeOfUse.defaultBucket;
}

function kindOf({ holidays }: TimeOfUse, date: string): (typeof dayKinds)[number] {
  if (holidays.includes(date) || holidays.includes(date.slice(5))) return 'holiday';
  return weekdays[new Date(`${date}T00:00:00Z`).getUTCDay()]!;
}

const seasonOf = ({ seasons }: TimeOfUse, date: string): string | undefined =>
  seasons.find((season) => holdsOn([season], date))?.name;

function minuteOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number);
  return hours! * 60 + minutes!;
}
