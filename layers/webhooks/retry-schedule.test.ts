import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hopDelaySeconds, jitterRatio, nextAttemptAt, parseRetryAfter, retryDelaysSeconds } from './retry-schedule.ts';

const nowMs = Date.UTC(2026, 0, 1);

describe('nextAttemptAt', () => {
  it('follows the published schedule to its end', () => {
    const delays: number[] = [];
    let clock = nowMs;
    for (let retriesMade = 0; ; retriesMade++) {
      const next = nextAttemptAt({ retriesMade, maxRetries: 11, nowMs: clock, random: 0 });
      if (next === undefined) break;
      delays.push((next - clock) / 1000);
      clock = next;
    }
    expect(delays).toEqual(retryDelaysSeconds);
  });

  it('stays within the jitter and never passes the bound of the endpoint', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 0, max: 11 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (retriesMade, maxRetries, random) => {
          const next = nextAttemptAt({ retriesMade, maxRetries, nowMs, random });
          if (retriesMade >= Math.min(maxRetries, retryDelaysSeconds.length)) return next === undefined;
          const delayMs = retryDelaysSeconds[retriesMade]! * 1000;
          return next! >= nowMs + delayMs && next! <= nowMs + delayMs * (1 + jitterRatio) + 1;
        },
      ),
    );
  });

  it('waits as long as the receiver asks, but a day at most', () => {
    const question = { retriesMade: 0, maxRetries: 3, nowMs, random: 0 };
    expect(nextAttemptAt({ ...question, retryAfterMs: 60_000 })).toBe(nowMs + 60_000);
    expect(nextAttemptAt({ ...question, retryAfterMs: 1 })).toBe(nowMs + 5000);
    expect(nextAttemptAt({ ...question, retryAfterMs: 1e12 })).toBe(nowMs + 86_400_000);
  });
});

describe('parseRetryAfter', () => {
  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
    ['Wed, 31 Dec 2025 23:00:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
    ['2026', 2026_000],
    ['1.5', undefined],
    [undefined, undefined],
  ])('reads %j', (header, expected) => {
    expect(parseRetryAfter(header, nowMs)).toBe(expected);
  });
});

describe('hopDelaySeconds', () => {
  it('reaches a due time of a day in hops of at most 15 minutes, never early', () => {
    const dueAt = nowMs + 86_400_000;
    let clock = nowMs;
    let hops = 0;
    for (let delay = hopDelaySeconds(dueAt, clock); delay > 0; delay = hopDelaySeconds(dueAt, clock)) {
      expect(delay).toBeLessThanOrEqual(900);
      clock += delay * 1000;
      hops++;
    }
    expect(clock).toBe(dueAt);
    expect(hops).toBe(96);
  });
});
