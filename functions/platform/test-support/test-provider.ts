/** Providers that tests speak for: one of messages, one of money and one of tokens, over real HTTP to a server on this machine. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import {
  defineProvider,
  type InboundEvent,
  type ProviderContext,
  ProviderError,
  type SettingSpec,
} from '../../../layers/integrations/provider.ts';
import { parseJson, readJson } from '../../../layers/integrations/read-answer.ts';
import { hmac, requireSignature } from '../../../layers/integrations/signatures.ts';
import { formatMoney } from '../../../layers/money/money.ts';
import { installProvider } from '../provider-calls/registry.ts';

const spec = (key: string, more: Partial<SettingSpec> = {}): SettingSpec => ({
  key,
  valueType: 'string',
  isSecret: false,
  isRequired: true,
  label: { en: key, ar: key },
  ...more,
});

const settings = [
  spec('api_url'),
  spec('api_key', { isSecret: true }),
  spec('retries', { isRequired: false, valueType: 'number' }),
  spec('service_account', { isRequired: false, valueType: 'json', isSecret: true }),
  spec('webhook_secret', { isRequired: false, isSecret: true }),
];

const ask = async (
  context: ProviderContext,
  path: string,
  effect: 'read' | 'message' | 'act',
  body?: object,
): Promise<any> =>
  readJson(
    await context.http({
      method: body ? 'POST' : 'GET',
      url: `${context.settings['api_url']}${path}?key=${encodeURIComponent(context.settings['api_key']!)}`,
      headers: { authorization: `Bearer ${context.settings['api_key']}`, 'content-type': 'application/json' },
      ...(body
        ? { body: JSON.stringify({ ...body, api_key: context.settings['api_key'], note: context.settings['api_key'] }) }
        : {}),
    }),
    { effect, nowMs: context.now(), errorPaths: { message: ['error'] } },
  );

const base = { name: { en: 'Test', ar: 'اختبار' }, category: 'local', authType: 'api_key', settings } as const;
const check = (context: ProviderContext): Promise<void> => ask(context, '/check', 'read').then(() => undefined);

const inbound = async (context: ProviderContext, request: { rawBody: Uint8Array; headers: Record<string, string> }) => {
  requireSignature(hmac('sha256', context.settings['webhook_secret'], request.rawBody, 'hex'), [
    request.headers['x-signature'],
  ]);
  const event = parseJson(Buffer.from(request.rawBody).toString()) as InboundEvent | undefined;
  if (event === undefined) throw new ProviderError('rejected', 'Not JSON.');
  return { events: [event] };
};

for (const provider of ['test_sms_a', 'test_sms_b', 'test_sms_c'])
  installProvider(
    defineProvider({
      ...base,
      provider,
      kind: 'sms',
      check,
      inbound,
      operations: (context) => ({
        send: ({ to, text, reference }) => ask(context, '/send', 'message', { to, text, reference }),
      }),
    }),
  );

for (const provider of ['test_pay_a', 'test_pay_b', 'test_pay_safe'])
  installProvider(
    defineProvider({
      ...base,
      provider,
      kind: 'payment',
      ...(provider === 'test_pay_safe' ? { retrySafe: ['create'] } : {}),
      check,
      inbound,
      operations: (context) => ({
        create: async ({ reference, amount }) => ({
          ...(await ask(context, '/pay', 'act', { reference, sum: formatMoney(amount) })),
          amount,
        }),
        verify: (id) => ask(context, `/pay/${id}`, 'read'),
      }),
    }),
  );

const noToken = async (): Promise<never> => {
  throw new ProviderError('rejected', 'Not offered.');
};
installProvider(
  defineProvider({
    ...base,
    provider: 'test_sts',
    kind: 'vending',
    check,
    operations: (context) => ({
      credit: (order) => ask(context, '/vend', 'act', order),
      find: async (reference) => (await ask(context, `/orders/${reference}`, 'read')).order,
      clearCredit: noToken,
      clearTamper: noToken,
      setPowerLimit: noToken,
      changeKey: noToken,
      test: noToken,
    }),
  }),
);

export interface SimulatedProvider {
  url: string;
  /** What it did, by path; what was refused is not here. */
  done: { path: string; body: any }[];
  /** How the next requests go; when used up, well. `lost`: done, and the connection cut before the answer. */
  modes: ('ok' | 'lost' | 'reset' | 'garbage' | number)[];
  /** Keys it lets in; empty: any. */
  keys: Set<string>;
  requests: string[];
}

export async function simulateProvider(): Promise<SimulatedProvider> {
  const state: SimulatedProvider = { url: '', done: [], modes: [], keys: new Set(), requests: [] };
  const byReference = new Map<string, object>();
  const answer = (outgoing: ServerResponse, status: number, body: object | string) =>
    outgoing
      .writeHead(status, { 'content-type': 'application/json' })
      .end(typeof body === 'string' ? body : JSON.stringify(body));
  const handle = (incoming: IncomingMessage, outgoing: ServerResponse, text: string): unknown => {
    const url = new URL(incoming.url ?? '/', 'http://x');
    const path = url.pathname;
    state.requests.push(path);
    const key = url.searchParams.get('key') ?? '';
    // Providers echo what they were sent, also where they should not.
    if (state.keys.size > 0 && !state.keys.has(key)) return answer(outgoing, 401, { error: `The key ${key} is wrong` });
    const mode = state.modes.shift() ?? 'ok';
    if (typeof mode === 'number') return answer(outgoing, mode, { error: `no: ${key}` });
    if (mode === 'reset') return incoming.socket.destroy();
    if (path === '/check') return answer(outgoing, 200, { ok: true });
    if (incoming.method === 'GET')
      return answer(outgoing, 200, {
        order: byReference.get(path.split('/').at(-1)!),
        providerReference: path.split('/').at(-1),
        status: 'captured',
      });
    const body = parseJson(text) as { reference: string } | undefined;
    if (body === undefined)
      return answer(outgoing, 400, { error: `cannot read ${text} ${JSON.stringify(incoming.headers)}` });
    const known = byReference.get(body.reference);
    const result = known ?? {
      providerReference: `pr-${body.reference}`,
      status: 'accepted',
      tokens: ['1'.repeat(20)],
    };
    if (!known || path === '/send') state.done.push({ path, body });
    byReference.set(body.reference, result);
    if (mode === 'lost') return incoming.socket.destroy();
    return answer(outgoing, 200, mode === 'garbage' ? `<html>${key}` : { ...result, echoed: key });
  };
  const server = createServer((incoming, outgoing) => {
    let text = '';
    incoming.on('data', (chunk) => {
      text += chunk;
    });
    incoming.on('end', () => handle(incoming, outgoing, text));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return state;
}
