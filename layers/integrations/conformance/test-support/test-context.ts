/**
 * A context for adapters under test: plain connections to the simulators and a clock that is turned. No answer is given up by
 * the time it takes, which a busy machine decides, but when the simulator has the request and says that it keeps silent.
 */
import { connect } from 'node:net';
import type { RunningProviders } from '../../../../local/providers/start-providers.ts';
import { type HttpAnswer, type HttpRequest, type ProviderContext, ProviderError } from '../../provider.ts';

/** What the engine's way out bounds an answer to; longer ones arrive cut. */
const maxBytes = 2 * 1024 * 1024;

export interface TestClock {
  nowMs: number;
}

/** How many requests a provider has got that it will never answer. */
export type Silences = () => number;

export const silencesOf =
  ({ journal }: Pick<RunningProviders, 'journal'>, provider: string): Silences =>
  () =>
    journal.requests(provider).filter(({ mode }) => mode === 'hang').length;

/** @param silences needed where a provider is silent: without, its answer is waited for */
export function testContext(
  settings: Record<string, string>,
  clock: TestClock,
  silences: Silences = () => 0,
): ProviderContext {
  return {
    settings,
    environment: 'development',
    http: (request) => send(request, silences),
    connect: ({ host, port }) =>
      new Promise((resolve, reject) => {
        const socket = connect(port, host);
        socket.once('connect', () => resolve(socket));
        socket.once('error', (cause) => reject(new ProviderError('unreachable', 'No connection.', { cause })));
      }),
    now: () => clock.nowMs,
  };
}

async function send({ method, url, headers = {}, body }: HttpRequest, silences: Silences): Promise<HttpAnswer> {
  const patience = new AbortController();
  const before = silences();
  const watch = setInterval(() => {
    if (silences() > before) patience.abort();
  }, 5);
  try {
    const answer = await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal: patience.signal,
      ...(body === undefined ? {} : { body: body as string }),
    });
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of answer.body ?? []) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > maxBytes) break;
    }
    return {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: Buffer.concat(chunks).toString('utf8'),
    };
  } catch (cause) {
    const code = (cause as { cause?: { code?: string } }).cause?.code;
    throw new ProviderError(code === 'ECONNREFUSED' ? 'unreachable' : 'no_answer', 'The provider did not answer.');
  } finally {
    clearInterval(watch);
  }
}

/** The error that the work ends with. */
export async function failureOf(work: () => Promise<unknown>): Promise<ProviderError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof ProviderError) return error;
    throw error;
  }
  throw new Error('It succeeded.');
}
