/**
 * OAuth 2.0 access tokens (RFC 6749, section 5.1), kept in the memory of the process until shortly before they expire, so
 * that a warm function does not ask for one per call. The key is a digest of the credentials: other credentials, other
 * tenant or a rotated secret never meet a token that was given for these.
 */
import { createHash } from 'node:crypto';
import { beforeActing } from './before-acting.ts';
import type { ProviderContext } from './provider.ts';
import { optionalTextAt, textAt } from './read-path.ts';
import { restClient } from './rest-client.ts';

export interface TokenRequest {
  /** The token endpoint. */
  url: string;
  form: Record<string, string | undefined>;
  headers?: Record<string, string>;
  /** What proves who asks, where the form changes each time; all of it, or another tenant could be given the token. */
  credential?: string;
  /** Some providers want a token per operation. @default true */
  isKept?: boolean;
}

const maxTokens = 200;
const expiryMarginMs = 60_000;
const kept = new Map<string, { token: string; expiresAtMs: number }>();

/** @throws ProviderError; never one that says the provider may have acted: asking for a token does nothing */
export async function accessToken(context: ProviderContext, request: TokenRequest): Promise<string> {
  const { url, form, headers = {}, credential, isKept = true } = request;
  const identity = JSON.stringify([url, credential ?? form, headers]);
  const key = createHash('sha256').update(identity).digest('base64');
  const found = kept.get(key);
  if (isKept && found && found.expiresAtMs > context.now()) return found.token;
  const { token, answer } = await beforeActing(async () => {
    const answer = await askForToken(context, { url, form, headers });
    return { answer, token: textAt(answer, 'access_token') };
  });
  const lifeSeconds = Number(optionalTextAt(answer, 'expires_in') ?? 0);
  if (isKept) {
    // Map keeps the order of insertion: the oldest goes.
    if (kept.size >= maxTokens) kept.delete(kept.keys().next().value!);
    kept.set(key, { token, expiresAtMs: context.now() + lifeSeconds * 1000 - expiryMarginMs });
  }
  return token;
}

async function askForToken(context: ProviderContext, { url, form, headers = {} }: TokenRequest): Promise<unknown> {
  const client = restClient(context, {
    baseUrl: url,
    errorPaths: { code: ['error', 'code'], message: ['error_description', 'message'] },
    // RFC 6749, section 5.2: errors of credentials come with 400.
    codes: {
      invalid_client: 'configuration',
      invalid_grant: 'configuration',
      unauthorized_client: 'configuration',
      invalid_scope: 'configuration',
    },
  });
  return client.json({ method: 'POST', path: '', effect: 'read', form, headers });
}

/** For tests: forgets every token. */
export const forgetAccessTokens = (): void => kept.clear();
