/** What an answer means for a delivery, as published to partners. */
import type { GuardedAnswer } from './guarded-request.ts';
import { parseRetryAfter } from './retry-schedule.ts';

export interface AnswerMeaning {
  isSuccess: boolean;
  /** 410: the receiver asks for no more messages. */
  isGone: boolean;
  retryAfterMs: number | undefined;
  /** Undefined on success. */
  errorMessage: string | undefined;
}

export function classifyAnswer({ status, headers }: GuardedAnswer, nowMs: number): AnswerMeaning {
  const failed = (errorMessage: string, rest: Partial<AnswerMeaning> = {}): AnswerMeaning => ({
    isSuccess: false,
    isGone: false,
    retryAfterMs: undefined,
    errorMessage,
    ...rest,
  });
  if (status >= 200 && status < 300)
    return { isSuccess: true, isGone: false, retryAfterMs: undefined, errorMessage: undefined };
  if (status === 410) return failed('The receiver answered 410 Gone: it wants no more messages.', { isGone: true });
  if (status >= 300 && status < 400)
    return failed(
      `The receiver answered ${status} with a redirect to ${headers['location'] ?? 'nowhere'}. Redirects are not followed; change the URL of the endpoint.`,
    );
  if (status === 429 || status === 503)
    return failed(`The receiver answered ${status}.`, { retryAfterMs: parseRetryAfter(headers['retry-after'], nowMs) });
  return failed(`The receiver answered ${status}.`);
}
