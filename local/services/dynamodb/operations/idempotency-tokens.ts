/**
 * A client token is valid for 10 minutes after the first request that used it; within that time the same
 * request has no further effect, and another one under the same token is refused.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html#DDB-TransactWriteItems-request-ClientRequestToken
 */
import { createHash } from 'node:crypto';
import { AwsError, type Clock } from '../../../runtime/types.ts';

const validForMs = 10 * 60 * 1000;

/** What a replay is charged: it reads the items the first request wrote. */
export interface TokenResult {
  reads: { tableName: string; units: number }[];
}

export class IdempotencyTokens {
  readonly #clock: Clock;
  /** In order of expiry. */
  readonly #tokens = new Map<string, { digest: string; expiresAtMs: number; result: TokenResult }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The result of an earlier request with this token. Throws when that request was another one. */
  find(token: string, content: unknown): TokenResult | undefined {
    this.#forgetExpired();
    const entry = this.#tokens.get(token);
    if (entry === undefined) return undefined;
    if (entry.digest !== digestOf(content))
      throw new AwsError(
        'IdempotentParameterMismatchException',
        'Request parameters do not match the ones of the earlier request with the same client token',
      );
    return entry.result;
  }

  remember(token: string, content: unknown, result: TokenResult): void {
    this.#tokens.set(token, { digest: digestOf(content), expiresAtMs: this.#clock.now() + validForMs, result });
  }

  #forgetExpired(): void {
    for (const [token, { expiresAtMs }] of this.#tokens) {
      if (expiresAtMs > this.#clock.now()) return;
      this.#tokens.delete(token);
    }
  }
}

/** Members in any order count as the same request. */
function digestOf(content: unknown): string {
  const text = JSON.stringify(content, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash('sha256').update(text).digest('base64');
}
