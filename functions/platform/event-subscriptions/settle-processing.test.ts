import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxFailuresKept, type Processing } from './processing-entity.ts';
import { failed, nextTryAt, succeeded } from './settle-processing.ts';

const row = (changes: Partial<Processing> = {}): Processing => ({
  id: 'epl_1',
  subscriptionId: 'sub_1',
  handlerType: 'function',
  eventId: 'evt_1',
  eventType: 'station.created',
  eventTime: '2026-01-05T08:00:00.000Z',
  correlationId: 'cor-1',
  status: 'processing',
  attemptNumber: 0,
  roundBase: 0,
  failures: [],
  queuedAt: '2026-01-05T08:00:00.000Z',
  retainUntil: 0,
  ...changes,
});
const attempt = { number: 1, startedMs: 1000, endedMs: 1500 };

describe('the next attempt', () => {
  it('comes after the delay, a fifth later at most, and no more often than the subscription says', () => {
    fc.assert(
      fc.property(
        fc.nat(20),
        fc.integer({ min: 1, max: 86_400 }),
        fc.nat(30),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (maxRetries, retryDelaySeconds, roundBase, random) => {
          const at = (number: number) => nextTryAt({ roundBase }, number, { maxRetries, retryDelaySeconds }, 0, random);
          for (let made = 1; made <= maxRetries; made++) {
            expect(at(roundBase + made)).toBeGreaterThanOrEqual(retryDelaySeconds * 1000);
            expect(at(roundBase + made)).toBeLessThanOrEqual(retryDelaySeconds * 1200 + 1);
          }
          expect(at(roundBase + maxRetries + 1)).toBeUndefined();
        },
      ),
    );
  });
});

describe('an attempt', () => {
  it('that succeeds leaves what came back, cut to what fits, and no trace of a lease', () => {
    expect(succeeded(attempt, { a: 1 })).toMatchObject({
      status: 'success',
      durationMs: 500,
      response: '{"a":1}',
      lease: null,
    });
    const long = succeeded(attempt, { text: 'x'.repeat(10_000) }).response!;
    expect(JSON.parse(long)).toHaveLength(4096);
    expect(succeeded(attempt).response).toBeNull();
  });

  it('that fails waits in a queue, is failed so far for a function, and is over when nothing follows', () => {
    const again = 61_500;
    expect(failed(row(), attempt, 'no', again)).toMatchObject({
      status: 'failed',
      nextRetryAt: new Date(again).toISOString(),
      visibleAt: null,
    });
    expect(failed(row({ handlerType: 'queue' }), attempt, 'no', again)).toMatchObject({
      status: 'pending',
      visibleAt: new Date(again).toISOString(),
    });
    expect(failed(row(), attempt, 'no', undefined)).toMatchObject({
      status: 'failed',
      nextRetryAt: null,
      completedAt: new Date(1500).toISOString(),
    });
  });

  it('keeps the newest failures and cuts what is said of them', () => {
    const failures = Array.from({ length: maxFailuresKept }, (_, i) => ({
      attemptNumber: i,
      errorMessage: 'old',
      startedAt: '',
      durationMs: 0,
    }));
    const kept = failed(row({ failures }), attempt, 'e'.repeat(5000), undefined).failures!;
    expect(kept).toHaveLength(maxFailuresKept);
    expect(kept.at(-1)!.errorMessage).toHaveLength(1000);
  });
});
