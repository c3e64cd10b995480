/**
 * Schedule expressions of EventBridge rules and EventBridge Scheduler: `rate(…)`, `cron(…)` and `at(…)`.
 * @see EventBridge Scheduler User Guide, "Schedule types in EventBridge Scheduler"
 */
import { parseCron } from './cron.ts';
import { checkTimeZone, instantOf } from './zoned-time.ts';

export interface Schedule {
  kind: 'rate' | 'cron' | 'at';
  /** The first due time after `after`; undefined when there is none any more. */
  next(after: number): number | undefined;
}

const UNIT_MS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * @param anchor when the schedule came to be: rates count from there
 * @throws SyntaxError that says what is wrong with the expression or the time zone
 */
export function parseSchedule(expression: string, anchor: number, timeZone = 'UTC'): Schedule {
  try {
    checkTimeZone(timeZone);
  } catch {
    throw new SyntaxError(`"${timeZone}" is not a time zone.`);
  }
  const [, kind, argument = ''] = /^(rate|cron|at)\((.*)\)$/.exec(expression) ?? [];
  switch (kind) {
    case 'rate':
      return parseRate(argument, anchor);
    case 'cron':
      return { kind, ...parseCron(argument, timeZone) };
    case 'at':
      return parseAt(argument, timeZone);
    default:
      throw new SyntaxError(`"${expression}" is none of rate(…), cron(…) and at(…).`);
  }
}

function parseRate(argument: string, anchor: number): Schedule {
  const [, digits, unit = ''] = /^([1-9]\d*) (minutes?|hours?|days?)$/.exec(argument) ?? [];
  const value = Number(digits);
  if (digits === undefined)
    throw new SyntaxError(`rate(${argument}) must be a positive number and minute(s), hour(s) or day(s).`);
  const periodMs = value * UNIT_MS[unit.replace(/s$/, '')]!;
  return {
    kind: 'rate',
    next: (after) => (after < anchor ? anchor : anchor + (Math.floor((after - anchor) / periodMs) + 1) * periodMs),
  };
}

function parseAt(argument: string, timeZone: string): Schedule {
  const wall = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(argument) ? Date.parse(`${argument}Z`) : Number.NaN;
  if (Number.isNaN(wall)) throw new SyntaxError(`at(${argument}) must look like at(2026-11-20T10:30:00).`);
  const instant = instantOf(wall, timeZone);
  if (instant === undefined) throw new SyntaxError(`at(${argument}) does not exist in ${timeZone}: clocks skip it.`);
  return { kind: 'at', next: (after) => (instant > after ? instant : undefined) };
}
