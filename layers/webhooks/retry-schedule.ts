/** When a failed delivery is tried again. The schedule is published to partners, so it is data and changes rarely. */

/** Seconds from one attempt to the next: 5 s, 30 s, 2 min, 10 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h. */
export const retryDelaysSeconds: readonly number[] = [
  5, 30, 120, 600, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400,
];

/** Delays are lengthened by a random part up to this, so that an endpoint that comes back is not hit by all at once. */
export const jitterRatio = 0.2;

/** The longest wait a `Retry-After` header can ask for. */
export const longestRetryAfterMs = 24 * 3600 * 1000;

/** SQS delays a message 15 minutes at most; longer waits are made of hops. */
const longestHopSeconds = 900;

export interface RetryQuestion {
  /** Retries already made: 0 after the first attempt. */
  retriesMade: number;
  /** The endpoint's own bound. */
  maxRetries: number;
  nowMs: number;
  /** What the receiver asked for, already parsed. */
  retryAfterMs?: number | undefined;
  /** In [0, 1). */
  random: number;
}

/** The time of the next attempt in milliseconds; undefined when the schedule is used up. */
export function nextAttemptAt(question: RetryQuestion): number | undefined {
  const { retriesMade, maxRetries, nowMs, retryAfterMs = 0, random } = question;
  const delaySeconds = retryDelaysSeconds[retriesMade];
  if (delaySeconds === undefined || retriesMade >= maxRetries) return undefined;
  const delayMs = delaySeconds * 1000 * (1 + jitterRatio * random);
  return Math.ceil(nowMs + Math.max(delayMs, Math.min(retryAfterMs, longestRetryAfterMs)));
}

/** `Retry-After` (RFC 9110, section 10.2.3): seconds or an HTTP date; undefined when it says nothing usable. */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // Date.parse alone would take many things that are no HTTP date for one.
  if (!/^[A-Z][a-z]{2,8}, /.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : Math.max(0, time - nowMs);
}

/** The delay of the next hop towards `dueAtMs`; 0 when it is due. */
export function hopDelaySeconds(dueAtMs: number, nowMs: number): number {
  return Math.min(longestHopSeconds, Math.max(0, Math.ceil((dueAtMs - nowMs) / 1000)));
}
