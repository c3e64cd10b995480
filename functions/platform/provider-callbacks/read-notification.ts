/**
 * What a provider tells by itself: the address's token names tenant and integration, the adapter checks the provider's own
 * signature over the bytes as received, and both the accepted and the refused are logged without secrets.
 */
import { createRedactor } from '../../../layers/integrations/engine/redact.ts';
import { toProviderError } from '../../../layers/integrations/engine/run-with-fallback.ts';
import type { InboundEvent, InboundRequest } from '../../../layers/integrations/provider.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { isInside } from '../../../layers/kernel/http/network.ts';
import type { ReceivedRequest } from '../../../layers/kernel/http/route.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { openCallbackToken } from '../integrations/callback-token.ts';
import type { StoredIntegration } from '../integrations/integration-entity.ts';
import { type IntegrationLog, writeLogs } from '../provider-calls/exchange-log.ts';
import { type LoadedSettings, loadSettings } from '../provider-calls/load-settings.ts';
import { providerContext } from '../provider-calls/provider-context.ts';
import { loadProvider } from '../provider-calls/registry.ts';
import { stageEnvironment } from '../provider-calls/stage-environment.ts';

export interface Notification {
  session: TenantSession;
  integration: StoredIntegration;
  events: InboundEvent[];
  answer: { status: number; body: string; contentType?: string } | undefined;
}

interface Arrived {
  token: string | undefined;
  received: ReceivedRequest;
  headers: Readonly<Record<string, string | undefined>>;
  clientIp: string;
  correlationId: string;
  /** The provider this way in belongs to. */
  provider: string;
  /** Whether an integration without a list of addresses takes nothing. @default false */
  needsAddressList?: boolean;
}

/** A provider waits little for an answer; asking it back, as PayPal wants, must fit in. */
const inboundTimeoutMs = 8000;

const notSigned = {
  en: 'The notification is not signed as agreed, too old, or cannot be read.',
  ar: 'الإشعار غير موقّع كما اتُّفق أو قديم أو تتعذر قراءته.',
};

/** @throws AppError `unauthenticated` for token and signature, `forbidden` for the address, `unavailable` when it cannot be checked */
export async function readNotification(arrived: Arrived): Promise<Notification> {
  const { token, received, clientIp, correlationId } = arrived;
  const opened = token === undefined ? undefined : await openCallbackToken(token, correlationId);
  // One answer for all: whoever guesses learns nothing.
  if (opened === undefined || opened.integration.provider !== arrived.provider) throw new AppError('unauthenticated');
  const { session, integration } = opened;
  const { allowedIps } = integration;
  const isForeign = allowedIps.length === 0 ? (arrived.needsAddressList ?? false) : !isInside(allowedIps, clientIp);
  const headers = Object.fromEntries(
    Object.entries(arrived.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), value]],
    ),
  );
  const loaded = await loadSettings(session, integration, stageEnvironment());
  const started = performance.now();
  const logs: IntegrationLog[] = [];
  const keep = (
    status: IntegrationLog['status'],
    responseStatus: number,
    errorMessage: string | null,
  ): Promise<void> => {
    // By now it is known which credentials were used to ask back.
    const redactor = createRedactor([...loaded.secrets, token!]);
    return writeLogs(session, [
      ...logs,
      {
        id: newId('ilg'),
        integrationId: integration.id,
        requestId: correlationId,
        direction: 'incoming',
        method: received.method,
        endpoint: redactor.url(received.url),
        requestHeaders: redactor.headers(headers),
        requestBody: redactor.body(received.rawBody, headers['content-type']),
        responseStatus,
        responseHeaders: {},
        responseBody: null,
        durationMs: Math.round(performance.now() - started),
        status,
        errorMessage: errorMessage === null ? null : redactor.text(errorMessage),
        retryCount: 0,
        createdAt: session.context.now(),
      },
    ]);
  };
  if (isForeign) {
    await keep('failed', 403, `Not from an allowed address: ${clientIp}`);
    throw new AppError('forbidden', 'Notifications are not taken from this address.');
  }
  const request: InboundRequest = { ...received, query: { ...received.query }, headers };
  try {
    const read = await verify(loaded, integration, request, logs, correlationId);
    await keep('success', read.answer?.status ?? 200, null);
    return { session, integration, events: read.events, answer: read.answer };
  } catch (thrown) {
    const error = toProviderError(thrown);
    const isRefused = error.code === 'rejected';
    await keep(isRefused ? 'failed' : 'error', isRefused ? 401 : 503, error.message);
    throw isRefused
      ? new AppError('unauthenticated', undefined, { texts: notSigned })
      : new AppError('unavailable', 'The notification cannot be checked now.', { cause: error });
  }
}

/** A provider may still sign with the secret before a rotation. */
async function verify(
  { settings, previous, secrets }: LoadedSettings,
  integration: StoredIntegration,
  request: InboundRequest,
  logs: IntegrationLog[],
  requestId: string,
) {
  const definition = await loadProvider(integration.provider);
  if (definition?.inbound === undefined) throw new AppError('unauthenticated');
  const read = (values: Record<string, string>) => {
    const logging = { integrationId: integration.id, requestId, retryCount: 0, logs };
    return definition.inbound!(
      providerContext(values, stageEnvironment(), secrets, logging, inboundTimeoutMs),
      request,
    );
  };
  try {
    return await read(settings);
  } catch (error) {
    if (previous === undefined || (error as { code?: string }).code !== 'rejected') throw error;
    return read(previous);
  }
}
