import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeliveryMessage } from './delivery-message.ts';
import type { AttemptResult } from './send-request.ts';
import { settleAttempt } from './settle-attempt.ts';

const nowMs = Date.UTC(2026, 0, 1);
const message: DeliveryMessage = {
  tenantId: 't',
  webhookId: 'whk_1',
  deliveryId: 'dlv_1',
  messageId: 'evt_1',
  eventType: 'invoice.paid',
  eventTime: '2026-01-01T00:00:00.000Z',
  createdAt: '2026-01-01T00:00:00.000Z',
  correlationId: 'cor',
  attempt: 1,
  roundBase: 0,
  hasSlot: true,
};
const result = (changes: Partial<AttemptResult> = {}): AttemptResult => ({
  isSuccess: false,
  isGone: false,
  retryAfterMs: undefined,
  errorMessage: 'no',
  columns: { attemptNumber: 1, requestUrl: 'https://a.example', requestHeaders: '{}' },
  ...changes,
});

describe('settleAttempt', () => {
  it('ends with one row on success', () => {
    const settled = settleAttempt(message, { maxRetries: 3 }, result({ isSuccess: true }), nowMs, 0);
    expect(settled).toMatchObject({ delivery: { status: 'success' }, attempt: undefined, next: undefined });
    expect(settled.delivery).not.toHaveProperty('nextRetryAt');
  });

  it('plans the next attempt on failure, which takes a new place in the rate limit', () => {
    const { delivery, next, attempt } = settleAttempt(message, { maxRetries: 3 }, result(), nowMs, 0);
    expect(delivery).toMatchObject({ status: 'failed', nextRetryAt: '2026-01-01T00:00:05.000Z' });
    expect(next).toMatchObject({ attempt: 2, dueAtMs: nowMs + 5000 });
    expect(next).not.toHaveProperty('hasSlot');
    expect(attempt).toMatchObject({ id: 'dlv_1', attemptNumber: 1 });
  });

  it('gives up at once when the receiver is gone', () => {
    const settled = settleAttempt(message, { maxRetries: 11 }, result({ isGone: true }), nowMs, 0);
    expect(settled).toMatchObject({ isExhausted: true, next: undefined });
  });

  it('makes exactly one attempt and the allowed retries in each round', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 11 }), fc.integer({ min: 0, max: 40 }), (maxRetries, roundBase) => {
        let current: DeliveryMessage | undefined = { ...message, roundBase, attempt: roundBase + 1 };
        let attempts = 0;
        while (current) {
          attempts++;
          const settled = settleAttempt(current, { maxRetries }, result(), nowMs, 0.5);
          expect(settled.isExhausted).toBe(settled.next === undefined);
          current = settled.next;
        }
        expect(attempts).toBe(maxRetries + 1);
      }),
    );
  });
});
