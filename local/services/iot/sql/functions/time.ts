/**
 * parse_time: formats an instant by a Joda-Time pattern in a time zone.
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-functions.html#iot-sql-function-parse-time
 */
import { SqlSyntaxError } from '../lexer.ts';
import { type SqlValue, toInt, toText } from '../values.ts';
import { type FunctionDefinition, pure } from './definition.ts';

const formatTime = pure(2, 3, parseTime);

export const TIME_FUNCTIONS: Record<string, FunctionDefinition> = {
  parse_time: {
    ...formatTime,
    compile(list, compileArgument) {
      const pattern = list[0]!;
      if (pattern.kind === 'literal' && format(String(pattern.value), zoned(0, 'UTC')!) === undefined)
        throw new SqlSyntaxError(`parse_time() does not know every letter of "${String(pattern.value)}"`, 0);
      return formatTime.compile(list, compileArgument);
    },
  },
};

function parseTime(pattern: SqlValue, timestamp: SqlValue, zone: SqlValue = 'UTC'): SqlValue {
  const text = toText(pattern);
  const instant = toInt(timestamp);
  const zoneName = toText(zone);
  if (text === undefined || instant === undefined || zoneName === undefined) return undefined;
  const parts = zoned(instant, zoneName);
  return parts && format(text, parts);
}

interface ZonedTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  millisecond: number;
  zone: string;
  instant: number;
}

function zoned(instant: number, zone: string): ZonedTime | undefined {
  try {
    const formatter = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    const parts = Object.fromEntries(formatter.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const { year, month, day, hour, minute, second } = parts as Record<string, number>;
    const millisecond = ((instant % 1_000) + 1_000) % 1_000;
    return {
      year: year!,
      month: month!,
      day: day!,
      hour: hour!,
      minute: minute!,
      second: second!,
      millisecond,
      zone,
      instant,
    };
  } catch {
    return undefined; // an unknown zone or an instant beyond the calendar
  }
}

const TOKEN = /'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+/g;

/** Undefined when the pattern has a letter this formatter does not know. */
function format(pattern: string, time: ZonedTime): string | undefined {
  let known = true;
  const text = pattern.replace(TOKEN, (token, quoted: string | undefined, letter: string | undefined) => {
    if (quoted !== undefined) return quoted === '' ? "'" : quoted.replaceAll("''", "'");
    if (letter === undefined) return token;
    const piece = LETTERS[letter]?.(time, token.length);
    if (piece === undefined) known = false;
    return piece ?? '';
  });
  return known ? text : undefined;
}

const padded = (value: number, width: number): string => String(value).padStart(width, '0');
const named = (time: ZonedTime, options: Intl.DateTimeFormatOptions, type: string): string =>
  new Intl.DateTimeFormat('en-US', { timeZone: time.zone, ...options })
    .formatToParts(time.instant)
    .find((part) => part.type === type)?.value ?? '';

/** Joda's letters. @see https://www.joda.org/joda-time/apidocs/org/joda/time/format/DateTimeFormat.html */
const LETTERS: Record<string, (time: ZonedTime, width: number) => string> = {
  G: () => 'AD',
  y: (time, width) => (width === 2 ? padded(time.year % 100, 2) : padded(time.year, width)),
  Y: (time, width) => (width === 2 ? padded(time.year % 100, 2) : padded(time.year, width)),
  M: (time, width) =>
    width < 3 ? padded(time.month, width) : named(time, { month: width === 3 ? 'short' : 'long' }, 'month'),
  d: (time, width) => padded(time.day, width),
  E: (time, width) => named(time, { weekday: width < 4 ? 'short' : 'long' }, 'weekday'),
  a: (time) => (time.hour < 12 ? 'AM' : 'PM'),
  H: (time, width) => padded(time.hour, width),
  k: (time, width) => padded(time.hour === 0 ? 24 : time.hour, width),
  K: (time, width) => padded(time.hour % 12, width),
  h: (time, width) => padded(time.hour % 12 || 12, width),
  m: (time, width) => padded(time.minute, width),
  s: (time, width) => padded(time.second, width),
  S: (time, width) => padded(time.millisecond, 3).padEnd(width, '0').slice(0, width),
  z: (time, width) => named(time, { timeZoneName: width < 4 ? 'short' : 'long' }, 'timeZoneName'),
  Z: (time, width) => (width > 2 ? time.zone : offset(time, width === 2 ? ':' : '')),
};

function offset(time: ZonedTime, separator: string): string {
  const wall = Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second, time.millisecond);
  const minutes = Math.round((wall - time.instant) / 60_000);
  const absolute = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${padded(Math.floor(absolute / 60), 2)}${separator}${padded(absolute % 60, 2)}`;
}
