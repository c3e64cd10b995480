import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTables, type TestTables } from '../../../test/support/tables.ts';
import { countRequest } from './rate-limit.ts';

let tables: TestTables;
beforeAll(async () => {
  tables = await startTables(['limits']);
});
afterAll(() => tables.close());

const minuteMs = 60_000;
const noon = Date.UTC(2026, 5, 15, 12);
const limit = { perMinute: 3, perDay: 10 };
let subject = '';
beforeEach(() => {
  subject = `key_${Math.random()}`;
});
const count = (atMs: number, given = limit) => countRequest('t', subject, given, atMs);
const outcome = (atMs: number, given = limit) =>
  count(atMs, given).then(
    () => 'ok',
    (error) => error.code,
  );

describe('the limit per minute', () => {
  it('lets so many through and says how many are left and for how long', async () => {
    expect(await count(noon)).toEqual({
      'ratelimit-limit': '3',
      'ratelimit-remaining': '2',
      'ratelimit-reset': '60',
      'ratelimit-policy': '3;w=60, 10;w=86400',
    });
    await count(noon + 1000);
    expect((await count(noon + 59_500))['ratelimit-reset']).toBe('1');
    await expect(count(noon + 59_900)).rejects.toMatchObject({ code: 'rate_limited', headers: { 'retry-after': '1' } });
  });

  it('begins anew with each minute', async () => {
    for (let i = 0; i < 4; i++) await outcome(noon);
    expect(await outcome(noon + minuteMs)).toBe('ok');
  });

  it('holds for requests at once, also the first ones of a minute', async () => {
    for (const at of [noon, noon + minuteMs]) {
      const outcomes = await Promise.all(Array.from({ length: 6 }, () => outcome(at, { perMinute: 3, perDay: 1000 })));
      expect(outcomes.filter((one) => one === 'ok')).toHaveLength(3);
      expect(outcomes.filter((one) => one === 'rate_limited')).toHaveLength(3);
    }
  });

  it('holds when clocks of instances differ: a request of the minute before counts into the one that has begun', async () => {
    expect(await outcome(noon + minuteMs)).toBe('ok');
    expect([await outcome(noon + minuteMs - 1), await outcome(noon + minuteMs - 1)]).toEqual(['ok', 'ok']);
    expect(await outcome(noon + minuteMs - 1)).toBe('rate_limited');
    expect(await outcome(noon + minuteMs)).toBe('rate_limited');
  });

  it('counts each credential of each tenant for itself', async () => {
    for (let i = 0; i < 4; i++) await outcome(noon);
    expect(await countRequest('other', subject, limit, noon)).toMatchObject({ 'ratelimit-remaining': '2' });
    expect(await countRequest('t', `${subject}2`, limit, noon)).toMatchObject({ 'ratelimit-remaining': '2' });
  });
});

describe('the limit per day', () => {
  it('ends the day for the credential, and no longer', async () => {
    for (let i = 0; i < 10; i++) expect(await outcome(noon + Math.floor(i / 3) * minuteMs)).toBe('ok');
    await expect(count(noon + 10 * minuteMs)).rejects.toMatchObject({
      code: 'rate_limited',
      headers: { 'retry-after': String(12 * 3600 - 600) },
    });
    expect(await outcome(noon + 11 * minuteMs)).toBe('rate_limited');
    expect(await outcome(noon + 12 * 60 * minuteMs)).toBe('ok');
  });

  it('is what the headers show when it is the tighter one', async () => {
    expect(await count(noon, { perMinute: 60, perDay: 5 })).toMatchObject({
      'ratelimit-limit': '5',
      'ratelimit-remaining': '4',
      'ratelimit-reset': String(12 * 3600),
    });
  });
});

describe('counters', () => {
  it('vanish two days later', async () => {
    await count(noon);
    const item = tables.scan('limits').find(({ pk }) => pk.S.endsWith(subject))!;
    expect(Number(item['expiresAt'].N)).toBe(Date.UTC(2026, 5, 17) / 1000);
  });
});
