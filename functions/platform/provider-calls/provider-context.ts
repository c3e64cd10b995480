/** What an adapter is given: its settings, a clock, and the guarded way out, whose every exchange is logged with secrets taken out. */
import { createRedactor, type Redactor } from '../../../layers/integrations/engine/redact.ts';
import {
  type HttpAnswer,
  type HttpRequest,
  type ProviderContext,
  ProviderError,
} from '../../../layers/integrations/provider.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { connectGuarded } from '../../../layers/webhooks/guarded-connection.ts';
import {
  createGuardedClient,
  type GuardedClient,
  type RequestFailure,
} from '../../../layers/webhooks/guarded-request.ts';
import { providerAddressPolicy } from '../config.ts';
import type { Environment } from '../integrations/integration-entity.ts';
import type { IntegrationLog } from './exchange-log.ts';

const defaultTimeoutMs = 10_000;
const maxAnswerBytes = 1024 * 1024;
/** Some providers take the text of a message in the address. */
const maxUrlLength = 8000;

let client: GuardedClient | undefined;
const outgoing = (): GuardedClient => {
  client ??= createGuardedClient({ ...providerAddressPolicy(), keepsConnections: false, maxUrlLength });
  return client;
};

export interface CallLogging {
  integrationId: string;
  /** Ties the exchanges of one operation together. */
  requestId: string;
  retryCount: number;
  logs: IntegrationLog[];
}

/** @param secrets what no log may show; credentials that a call turns out to use, such as access tokens, are added to it */
export function providerContext(
  settings: Record<string, string>,
  environment: Environment,
  secrets: string[],
  logging: CallLogging,
  timeoutMs = defaultTimeoutMs,
): ProviderContext {
  let redactor = createRedactor(secrets);
  const learn = (headers: Readonly<Record<string, string>> = {}): void => {
    const added = credentialsIn(headers).filter((credential) => !secrets.includes(credential));
    if (added.length === 0) return;
    secrets.push(...added);
    redactor = createRedactor(secrets);
  };
  const deadlineMs = Date.now() + timeoutMs;
  const timeLeft = (wanted = timeoutMs): number => Math.max(1, Math.min(wanted, deadlineMs - Date.now()));
  return {
    settings,
    environment,
    now: () => Date.now(),
    http: async (request) => {
      const started = performance.now();
      learn(request.headers);
      try {
        const answer = await outgoing().send({
          url: request.url,
          method: request.method,
          headers: { 'user-agent': 'Mizan-Integrations/1.0', ...request.headers },
          ...(request.body === undefined ? {} : { body: request.body }),
          timeoutMs: timeLeft(request.timeoutMs),
          maxBodyBytes: maxAnswerBytes,
        });
        logging.logs.push(describe(redactor, logging, request, started, { answer }));
        return answer;
      } catch (error) {
        logging.logs.push(describe(redactor, logging, request, started, { failure: error as RequestFailure }));
        throw toProviderError(error, redactor);
      }
    },
    connect: async ({ host, port }) => {
      const started = performance.now();
      const request = { method: 'GET', url: `tcp://${host}:${port}` } as const;
      try {
        const socket = await connectGuarded({ host, port }, { ...providerAddressPolicy(), timeoutMs: timeLeft() });
        // What follows has a deadline too: a server that falls silent must not hold the caller.
        socket.setTimeout(timeLeft(), () => socket.destroy(new Error('The server fell silent.')));
        logging.logs.push({ ...describe(redactor, logging, request, started, {}), method: 'CONNECT' });
        return socket;
      } catch (error) {
        logging.logs.push({
          ...describe(redactor, logging, request, started, { failure: error as RequestFailure }),
          method: 'CONNECT',
        });
        throw toProviderError(error, redactor);
      }
    },
  };
}

/** Providers repeat what they were sent, and an access token is in no setting. */
function credentialsIn(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    if (name.toLowerCase() !== 'authorization') return [];
    const credential = value.replace(/^\S+\s+/, '');
    return credential.length >= 8 ? [credential] : [];
  });
}

function toProviderError(error: unknown, redactor: Redactor): ProviderError {
  const { reason, wasSent, message } = error as RequestFailure;
  const text = redactor.text(message);
  if (reason === 'blocked_address' || reason === 'invalid_url') return new ProviderError('configuration', text);
  if (!wasSent) return new ProviderError('unreachable', text);
  return new ProviderError(reason === 'invalid_response' ? 'unreadable_answer' : 'no_answer', text);
}

function describe(
  redactor: Redactor,
  { logs: _, ...identity }: CallLogging,
  request: Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'>,
  started: number,
  { answer, failure }: { answer?: HttpAnswer; failure?: RequestFailure },
): IntegrationLog {
  const headers = request.headers ?? {};
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  return {
    id: newId('ilg'),
    ...identity,
    direction: 'outgoing',
    method: request.method,
    endpoint: redactor.url(request.url),
    requestHeaders: redactor.headers(headers),
    requestBody: redactor.body(request.body, type),
    responseStatus: answer?.status ?? null,
    responseHeaders: redactor.headers(answer?.headers ?? {}),
    responseBody: redactor.body(answer?.body, answer?.headers['content-type']),
    durationMs: Math.round(performance.now() - started),
    status: statusOf(answer, failure),
    errorMessage: failure ? redactor.text(failure.message) : null,
    createdAt: new Date().toISOString(),
  };
}

function statusOf(answer: HttpAnswer | undefined, failure: RequestFailure | undefined): IntegrationLog['status'] {
  if (failure !== undefined) return failure.reason === 'timeout' ? 'timeout' : 'error';
  return answer === undefined || answer.status < 400 ? 'success' : 'failed';
}
