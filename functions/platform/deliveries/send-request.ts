/** Makes one attempt: signs the body, posts it and says what came of it. Nothing here touches the database. */
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { type AnswerMeaning, classifyAnswer } from '../../../layers/webhooks/classify-answer.ts';
import { createGuardedClient, type GuardedClient, RequestFailure } from '../../../layers/webhooks/guarded-request.ts';
import { signMessage } from '../../../layers/webhooks/signing.ts';
import { addressPolicy } from '../config.ts';
import type { Webhook } from '../webhooks/webhook-entity.ts';
import { headersOf, signersOf } from '../webhooks/webhook-secrets.ts';
import type { AttemptColumns } from './delivery-entity.ts';

export interface AttemptRequest {
  messageId: string;
  body: string;
  attempt: number;
  replay?: string | undefined;
  isTest?: boolean;
  /** @default the endpoint's */
  timeoutMs?: number;
}

export interface AttemptResult extends AnswerMeaning {
  columns: AttemptColumns;
}

const userAgent = 'Mizan-Webhooks/1';
const mask = '•••';

let client: GuardedClient | undefined;

export async function sendRequest(tenantId: string, webhook: Webhook, request: AttemptRequest): Promise<AttemptResult> {
  client ??= createGuardedClient(addressPolicy());
  const nowMs = Date.now();
  const [signers, custom] = await Promise.all([signersOf(tenantId, webhook, nowMs), headersOf(tenantId, webhook)]);
  const own: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': userAgent,
    'mizan-attempt': String(request.attempt),
    ...(request.replay === undefined ? {} : { 'mizan-replay': request.replay }),
    ...(request.isTest ? { 'mizan-test': 'true' } : {}),
    ...signMessage(signers, request.messageId, nowMs, request.body),
  };
  const shown: Record<string, string> = { ...own };
  for (const name in custom) shown[name] = mask;
  const columns: AttemptColumns = {
    attemptNumber: request.attempt,
    requestUrl: webhook.url,
    requestHeaders: JSON.stringify(shown),
    attemptedAt: new Date(nowMs).toISOString(),
  };
  const started = performance.now();
  const durationMs = (): number => Math.round(performance.now() - started);
  try {
    const answer = await client.post({
      url: webhook.url,
      headers: { ...custom, ...own },
      body: request.body,
      timeoutMs: request.timeoutMs ?? webhook.timeoutSeconds * 1000,
    });
    const meaning = classifyAnswer(answer, nowMs);
    return {
      ...meaning,
      columns: {
        ...columns,
        responseStatus: answer.status,
        responseHeaders: JSON.stringify(answer.headers),
        responseBody: answer.body,
        durationMs: durationMs(),
        ...(meaning.errorMessage === undefined ? {} : { errorMessage: meaning.errorMessage }),
      },
    };
  } catch (error) {
    if (!(error instanceof RequestFailure)) throw error;
    if (error.reason === 'blocked_address' || error.reason === 'invalid_url')
      logger.warn('webhook refused by the address guard', { webhookId: webhook.id, reason: error.message });
    return {
      isSuccess: false,
      isGone: false,
      retryAfterMs: undefined,
      errorMessage: error.message,
      columns: { ...columns, durationMs: durationMs(), errorMessage: error.message },
    };
  }
}
