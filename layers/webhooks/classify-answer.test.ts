import { describe, expect, it } from 'vitest';
import { classifyAnswer } from './classify-answer.ts';

const nowMs = Date.UTC(2026, 0, 1);
const answer = (status: number, headers: Record<string, string> = {}) => ({ status, headers, body: '' });

describe('classifyAnswer', () => {
  it.each([200, 201, 202, 204, 299])('takes %i as success', (status) => {
    expect(classifyAnswer(answer(status), nowMs)).toMatchObject({ isSuccess: true, errorMessage: undefined });
  });

  it.each([100, 300, 301, 302, 307, 308, 400, 401, 404, 408, 410, 429, 500, 503])('takes %i as failure', (status) => {
    expect(classifyAnswer(answer(status), nowMs).isSuccess).toBe(false);
  });

  it('says why a redirect is a failure', () => {
    const { errorMessage } = classifyAnswer(answer(302, { location: 'http://169.254.169.254/' }), nowMs);
    expect(errorMessage).toContain('169.254.169.254');
    expect(errorMessage).toContain('not followed');
  });

  it('honours Retry-After on 429 and 503 only', () => {
    const headers = { 'retry-after': '90' };
    expect(classifyAnswer(answer(429, headers), nowMs).retryAfterMs).toBe(90_000);
    expect(classifyAnswer(answer(503, headers), nowMs).retryAfterMs).toBe(90_000);
    expect(classifyAnswer(answer(500, headers), nowMs).retryAfterMs).toBeUndefined();
  });

  it('marks 410 as gone', () => {
    expect(classifyAnswer(answer(410), nowMs).isGone).toBe(true);
    expect(classifyAnswer(answer(404), nowMs).isGone).toBe(false);
  });
});
