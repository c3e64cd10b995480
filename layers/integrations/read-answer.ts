/**
 * What an HTTP answer of a provider means. Whether something may have happened is decided here once, for all adapters:
 * it depends on what was asked for and on the status (RFC 9110, section 15), unless the provider's own code says more.
 */
import { type HttpAnswer, ProviderError, type ProviderErrorCode } from './provider.ts';
import { optionalTextAt } from './read-path.ts';

/**
 * - `read`: changes nothing
 * - `message`: a message more or less; a server error is taken as not sent
 * - `act`: moves money or makes tokens; a server error leaves open whether it was done
 */
export type Effect = 'read' | 'message' | 'act';

export interface AnswerRules {
  effect: Effect;
  /** Where the provider writes its own code and text of an error. */
  errorPaths?: { code?: readonly string[]; message?: readonly string[] };
  /** What the provider's own codes mean; they go before the status. */
  codes?: Readonly<Record<string, ProviderErrorCode>>;
  /** Milliseconds since the epoch, for a `Retry-After` that is a date. */
  nowMs: number;
}

/** More than any of these providers answers with; what is longer is not read. */
const maxAnswerLength = 1024 * 1024;
const maxMessageLength = 200;

/** Reads a JSON answer of success. @throws ProviderError for everything else */
export function readJson(answer: HttpAnswer, rules: AnswerRules): unknown {
  const body = readAccepted(answer, rules);
  if (body.trim() === '') return {};
  const parsed = parseJson(body);
  if (parsed === undefined) throw new ProviderError('unreadable_answer', 'The answer is not JSON.');
  return parsed;
}

/** The body of an answer of success as text. @throws ProviderError for every status outside 2xx */
export function readAccepted(answer: HttpAnswer, rules: AnswerRules): string {
  if (answer.status < 200 || answer.status >= 300) throw errorOf(answer, rules);
  if (answer.body.length > maxAnswerLength)
    throw new ProviderError('unreadable_answer', `The answer is longer than ${maxAnswerLength} characters.`);
  return answer.body;
}

/** An error that the provider reports in its body, whatever the status. */
export function reportedError(
  code: string | undefined,
  message: string | undefined,
  { codes = {} }: Pick<AnswerRules, 'codes'>,
  fallback: ProviderErrorCode = 'rejected',
): ProviderError {
  const meaning = code !== undefined && Object.hasOwn(codes, code) ? codes[code]! : fallback;
  const text = [code, message?.slice(0, maxMessageLength)].filter((part) => part !== undefined).join(': ');
  return new ProviderError(meaning, text === '' ? 'The provider refused.' : text, code ? { providerCode: code } : {});
}

function errorOf(answer: HttpAnswer, { effect, errorPaths = {}, codes = {}, nowMs }: AnswerRules): ProviderError {
  const body = answer.body.length <= maxAnswerLength ? parseJson(answer.body) : undefined;
  const providerCode = firstText(body, errorPaths.code);
  const text = firstText(body, errorPaths.message)?.slice(0, maxMessageLength);
  const known = [providerCode, String(answer.status)].find((code) => code !== undefined && Object.hasOwn(codes, code));
  const retryAfterMs = readRetryAfter(answer.headers['retry-after'], nowMs);
  return new ProviderError(
    known === undefined ? meaningOf(answer.status, effect) : codes[known]!,
    `HTTP ${answer.status}${providerCode ? ` ${providerCode}` : ''}${text ? `: ${text}` : ''}`,
    { ...(providerCode ? { providerCode } : {}), ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
  );
}

function meaningOf(status: number, effect: Effect): ProviderErrorCode {
  if (status === 401 || status === 403) return 'configuration';
  // The utility's account with a provider of messages is empty; of a payment it is the answer to the payer.
  if (status === 402 && effect !== 'act') return 'configuration';
  if (status === 429) return 'rate_limited';
  // A gateway gave up waiting: what stands behind it may have acted.
  if (status === 408 || status === 504) return effect === 'read' ? 'unavailable' : 'no_answer';
  if (status >= 500) return effect === 'act' ? 'no_answer' : 'unavailable';
  // Redirects are not followed, or a provider could lead a request inside: the address is wrong.
  return status < 400 ? 'configuration' : 'rejected';
}

/** Seconds or a date (RFC 9110, section 10.2.3). */
export function readRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

function firstText(body: unknown, paths: readonly string[] = []): string | undefined {
  for (const path of paths) {
    const found = optionalTextAt(body, path);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** @returns undefined for what is no JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
