/** Schedule expressions by the EventBridge Scheduler User Guide, "Schedule types" and the cron reference's examples. */
import { describe, expect, it } from 'vitest';
import { parseSchedule } from './schedule-expression.ts';

const at = (text: string) => Date.parse(text);

function firings(expression: string, from: string, count: number, timeZone?: string): string[] {
  const schedule = parseSchedule(expression, at(from), timeZone);
  const found: string[] = [];
  let now = at(from);
  for (let index = 0; index < count; index += 1) {
    const next = schedule.next(now);
    if (next === undefined) break;
    found.push(new Date(next).toISOString().slice(0, 16));
    now = next;
  }
  return found;
}

describe('cron expressions', () => {
  it.each([
    ['cron(0 10 * * ? *)', ['2026-01-01T10:00', '2026-01-02T10:00']],
    ['cron(15 12 * * ? *)', ['2026-01-01T12:15', '2026-01-02T12:15']],
    ['cron(0 18 ? * MON-FRI *)', ['2026-01-01T18:00', '2026-01-02T18:00', '2026-01-05T18:00']],
    ['cron(0 8 1 * ? *)', ['2026-01-01T08:00', '2026-02-01T08:00']],
    ['cron(0/15 * * * ? *)', ['2026-01-01T00:15', '2026-01-01T00:30']],
    ['cron(0/5 8-9 ? * MON-FRI *)', ['2026-01-01T08:00', '2026-01-01T08:05']],
    ['cron(0 9 ? * 2#1 *)', ['2026-01-05T09:00', '2026-02-02T09:00']],
    ['cron(0 0 L * ? *)', ['2026-01-31T00:00', '2026-02-28T00:00', '2026-03-31T00:00']],
    ['cron(0 0 ? * 6L *)', ['2026-01-30T00:00', '2026-02-27T00:00']],
    ['cron(0 0 1W * ? *)', ['2026-02-02T00:00', '2026-03-02T00:00', '2026-04-01T00:00']],
    ['cron(0 0 31W * ? *)', ['2026-01-30T00:00', '2026-03-31T00:00', '2026-05-29T00:00']],
    ['cron(0 0 29 2 ? *)', ['2028-02-29T00:00', '2032-02-29T00:00']],
    [
      'cron(30 6 1,15 JAN,JUN ? 2027)',
      ['2027-01-01T06:30', '2027-01-15T06:30', '2027-06-01T06:30', '2027-06-15T06:30'],
    ],
  ])('%s', (expression, expected) => {
    expect(firings(expression, '2026-01-01T00:00:00Z', expected.length)).toEqual(expected);
  });

  it('ends with the last year it names', () => {
    expect(parseSchedule('cron(0 0 1 1 ? 2020)', 0).next(at('2026-01-01T00:00:00Z'))).toBeUndefined();
  });

  it('follows the time zone ("Time zones")', () => {
    expect(firings('cron(0 8 * * ? *)', '2026-01-01T00:00:00Z', 1, 'Asia/Baghdad')).toEqual(['2026-01-01T05:00']);
    expect(firings('cron(0 0 * * ? *)', '2026-01-01T00:00:00Z', 1, 'America/New_York')).toEqual(['2026-01-01T05:00']);
  });

  it('skips times that clocks skip and fires once for times they repeat ("Daylight savings time")', () => {
    // Berlin: 02:30 does not exist on 29 March 2026 and comes twice on 25 October.
    expect(firings('cron(30 2 * * ? *)', '2026-03-27T12:00:00Z', 2, 'Europe/Berlin')).toEqual([
      '2026-03-28T01:30',
      '2026-03-30T00:30',
    ]);
    expect(firings('cron(30 2 * * ? *)', '2026-10-24T12:00:00Z', 2, 'Europe/Berlin')).toEqual([
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ]);
  });
});

describe('rate and at expressions', () => {
  it('counts rates from the creation of the schedule', () => {
    expect(firings('rate(90 minutes)', '2026-01-01T00:10:00Z', 2)).toEqual(['2026-01-01T01:40', '2026-01-01T03:10']);
    expect(firings('rate(1 day)', '2026-01-01T00:10:00Z', 1)).toEqual(['2026-01-02T00:10']);
  });

  it('fires once at a wall-clock time', () => {
    expect(firings('at(2026-07-01T09:00:00)', '2026-01-01T00:00:00Z', 2, 'Asia/Baghdad')).toEqual(['2026-07-01T06:00']);
  });
});

describe('expressions AWS refuses', () => {
  it.each([
    ['every day', /none of/],
    ['rate(5 seconds)', /positive number/],
    ['rate(0 minutes)', /positive number/],
    ['cron(0 10 * * *)', /six fields/],
    ['cron(0 10 * * * *)', /must be "\?"/],
    ['cron(60 10 * * ? *)', /0 to 59/],
    ['cron(0 10 ? * 8 *)', /1 to 7/],
    ['at(2026-11-20)', /must look like/],
  ])('%s', (expression, message) => {
    expect(() => parseSchedule(expression, 0)).toThrow(message);
  });

  it('refuses unknown time zones and times that do not exist', () => {
    expect(() => parseSchedule('rate(1 day)', 0, 'Mars/Base')).toThrow(/time zone/);
    expect(() => parseSchedule('at(2026-03-29T02:30:00)', 0, 'Europe/Berlin')).toThrow(/does not exist/);
  });
});
