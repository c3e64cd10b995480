/** Statuses and what they mean, and paths that lead nowhere. */
import { describe, expect, it } from 'vitest';
import { formatMoney, parseMoney } from '../money/money.ts';
import { fromUnits, unitsOf } from './payment-amounts.ts';
import { type Effect, readJson, readRetryAfter } from './read-answer.ts';
import { at, textAt } from './read-path.ts';

const read = (status: number, effect: Effect, body = '{}', headers: Record<string, string> = {}) =>
  readJson(
    { status, headers, body },
    { effect, nowMs: 0, errorPaths: { code: ['code'] }, codes: { E9: 'rate_limited' } },
  );

it.each([
  [400, 'act', 'rejected'],
  [401, 'act', 'configuration'],
  [402, 'message', 'configuration'],
  [402, 'act', 'rejected'],
  [403, 'read', 'configuration'],
  [404, 'read', 'rejected'],
  [302, 'act', 'configuration'],
  [408, 'act', 'no_answer'],
  [408, 'read', 'unavailable'],
  [429, 'act', 'rate_limited'],
  [500, 'act', 'no_answer'],
  [503, 'message', 'unavailable'],
  [504, 'message', 'no_answer'],
  [504, 'read', 'unavailable'],
] as const)('%d to %s is %s', (status, effect, code) => {
  expect(() => read(status, effect)).toThrow(expect.objectContaining({ code }));
});

it("the provider's own code goes before the status, and names of a prototype are no codes", () => {
  expect(() => read(500, 'act', '{"code":"E9"}')).toThrow(
    expect.objectContaining({ code: 'rate_limited', providerCode: 'E9' }),
  );
  expect(() => read(400, 'act', '{"code":"constructor"}')).toThrow(expect.objectContaining({ code: 'rejected' }));
});

it('a time to come back is read as seconds and as a date', () => {
  expect(readRetryAfter('30', 0)).toBe(30_000);
  expect(readRetryAfter('Thu, 01 Jan 1970 00:01:00 GMT', 10_000)).toBe(50_000);
  expect(readRetryAfter('Thu, 01 Jan 1970 00:00:00 GMT', 10_000)).toBe(0);
  expect(readRetryAfter('soon', 0)).toBeUndefined();
});

describe('paths', () => {
  it('lead through lists and objects', () => {
    expect(at({ a: [{ b: 1 }] }, 'a[0].b')).toBe(1);
    expect(at({ a: [1, 2] }, 'a.1')).toBe(2);
  });

  it('do not lead into a prototype', () => {
    expect(at({}, 'constructor.name')).toBeUndefined();
    expect(at([], 'map')).toBeUndefined();
  });

  it('what is not there makes the answer unreadable', () => {
    expect(() => textAt({ a: {} }, 'a')).toThrow(expect.objectContaining({ code: 'unreadable_answer' }));
  });
});

describe('amounts', () => {
  it.each([
    ['12.34', 'USD', 2, 1234n],
    ['500', 'JPY', 0, 500n],
    ['500', 'UGX', 2, 50000n],
    ['1000', 'IRR', 0, 1000n],
  ])('%s %s with %d decimals and back', (text, currency, decimals, units) => {
    expect(unitsOf(parseMoney(text, currency), decimals)).toBe(units);
    expect(formatMoney(fromUnits(String(units), currency, decimals)!)).toBe(formatMoney(parseMoney(text, currency)));
  });

  it('a part of a unit is never rounded away', () => {
    expect(() => unitsOf(parseMoney('10.50', 'IRR'), 0)).toThrow(expect.objectContaining({ code: 'rejected' }));
    expect(fromUnits('1e9', 'USD', 2)).toBeUndefined();
  });
});
