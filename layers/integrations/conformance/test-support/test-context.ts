/** A context for adapters under test: plain connections to the simulators, short time-outs, and a clock that is turned. */
import { connect } from 'node:net';
import { type HttpAnswer, type HttpRequest, type ProviderContext, ProviderError } from '../../provider.ts';

/** What the engine's way out bounds an answer to; longer ones arrive cut. */
const maxBytes = 2 * 1024 * 1024;

export interface TestClock {
  nowMs: number;
}

export function testContext(settings: Record<string, string>, clock: TestClock, timeoutMs = 250): ProviderContext {
  return {
    settings,
    environment: 'development',
    http: (request) => send(request, timeoutMs),
    connect: ({ host, port }) =>
      new Promise((resolve, reject) => {
        const socket = connect(port, host);
        socket.once('connect', () => resolve(socket));
        socket.once('error', (cause) => reject(new ProviderError('unreachable', 'No connection.', { cause })));
      }),
    now: () => clock.nowMs,
  };
}

async function send({ method, url, headers = {}, body }: HttpRequest, timeoutMs: number): Promise<HttpAnswer> {
  try {
    const answer = await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
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
