/**
 * Canaries in every secret setting of every provider of the catalogue: set, read, rotated, tested, used, refused, notified. No
 * answer, error, log line, row, event or exchange log holds one, though the providers repeat everything they are sent.
 */
import { generateKeyPairSync } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { forgetAccessTokens } from '../../../layers/integrations/access-tokens.ts';
import { providerCatalogue } from '../../../layers/integrations/adapters/catalogue.ts';
import { scenarios } from '../../../layers/integrations/conformance/test-support/scenarios.ts';
import { effectOf } from '../../../layers/integrations/engine/effects.ts';
import { secretForms } from '../../../layers/integrations/engine/redact.ts';
import type { ProviderAbout, SettingSpec } from '../../../layers/integrations/provider.ts';
import { handler as testHandler } from '../integration-tests/handler.ts';
import { handler as callbacksHandler } from '../provider-callbacks/handler.ts';
import { forgetCircuits } from '../provider-calls/breaker.ts';
import { callProvider } from '../provider-calls/call-provider.ts';
import { captureOutput } from '../test-support/captured-output.ts';
import { type EchoingServer, startEchoingServer } from '../test-support/echoing-server.ts';
import { caller, publicCaller } from '../test-support/fixtures.ts';
import { usePlatformStack } from '../test-support/platform-stack.ts';
import { useProviderScene } from '../test-support/provider-scene.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

const stack = usePlatformStack();
const scene = useProviderScene(stack);
const accessToken = 'canaryAccessToken0123456789';
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));

/** A secret nobody else has, of a form that the setting takes. */
function canaryFor(
  provider: string,
  { key, pattern, valueType }: SettingSpec,
  nth: number,
  server: EchoingServer,
): string {
  const name = `${provider}${key}${nth}`.replace(/[^a-z0-9]/gi, '');
  if (valueType === 'json') {
    const account = {
      type: 'service_account',
      project_id: 'p',
      client_email: 'a@p.example',
      token_uri: `${server.url}/token`,
    };
    return JSON.stringify({ ...account, private_key: pem });
  }
  const forms = [
    `canary-${name}-0123456789`,
    `sk_canary${name}0123456789`,
    `canary${name}0123456789`,
    `${server.url}/services/T00000000/B00000000/canary${name}0123456789`,
    Buffer.from(name.padEnd(32, '7')).toString('hex').slice(0, 32),
    `${Buffer.from(name.padEnd(16, '7')).toString('hex').slice(0, 8)}-1111-4222-8333-444455556666`,
  ];
  const found = forms.find((form) => pattern === undefined || pattern.test(form));
  if (found === undefined) throw new Error(`No canary fits ${provider}.${key}.`);
  return found;
}

it.each(providerCatalogue)('of $provider are in nothing that leaves', async (about: ProviderAbout) => {
  const { provider, kind } = about;
  const server = await startEchoingServer(accessToken);
  const output = captureOutput();
  const shown: string[] = [];
  const canaries: string[] = [accessToken];
  const keep = (value: unknown): void => void shown.push(describeAll(value));
  const call = async (...given: Parameters<typeof scene.call>) => {
    const answer = await scene.call(...given);
    keep(answer.body);
    return answer;
  };
  const secrets = about.settings.filter(({ isSecret }) => isSecret);
  const secretsOf = (nth: number) =>
    secrets.map((spec) => (spec.valueType === 'json' ? pem : canaryFor(provider, spec, nth, server)));
  const plant = (nth: number): Record<string, string> =>
    Object.fromEntries(
      secrets.map((spec) => {
        const canary = canaryFor(provider, spec, nth, server);
        return [spec.key, canary];
      }),
    );
  try {
    const { data } = await call('POST', '', { code: provider, provider, nameAr: 'x', priority: 1 });
    const values = { ...pointedAt(server.url, scene.providers.settingsOf(provider)), ...withOperations(provider) };
    canaries.push(...[1, 2, 3].flatMap(secretsOf));
    for (const nth of [1, 2]) {
      const set = await call('PUT', `/${data.id}/configs`, {
        environment: 'development',
        values: { ...values, ...plant(nth) },
      });
      expect(set.status, JSON.stringify(set.body)).toBe(200);
    }
    const test = caller(testHandler, '/api/integrations/test', { tenantId: scene.tenantId });
    const scenario = scenarios.find((one) => one.provider === provider)!;
    let reference = 0;
    for (const [status, isGarbled] of [
      [200, false],
      [200, true],
      [400, false],
      [401, false],
      [402, true],
      [429, false],
      [500, false],
    ] as const) {
      Object.assign(server, { status, isGarbled });
      forgetCircuits();
      forgetAccessTokens();
      await call('POST', `/${data.id}/test`, {});
      keep(
        (await test('POST', '', { integration_config_id: data.id, integration_type: provider, config: plant(3) })).body,
      );
      const operations = new Proxy(
        {},
        {
          get:
            (_, operation: string) =>
            (...args: never) => {
              const key = effectOf(kind, operation) === 'read' ? undefined : `canary-${++reference}`;
              return callProvider(scene.session, kind, operation as never, args, key, { attemptMs: 500 });
            },
        },
      );
      await scenario.act(operations, `canary-${reference}`).then(keep, keep);
    }
    expect(server.requests + scene.acts(provider).length + output.lines.length).toBeGreaterThan(0);
    const { callbackPath, token } = (await scene.call('POST', `/${data.id}/callback-token`)).data;
    canaries.push(token);
    // Somebody who knows the present ones sends them in; what nobody stores here nobody could recognise.
    const stored = [...secretsOf(2), token];
    const forged = JSON.stringify({ id: '1', event_type: 'alert', echo: stored, message: stored.join(' ') });
    const headers = { 'x-signature': stored[0] ?? '', 'x-timestamp': String(Math.floor(stack.now() / 1000)) };
    for (const method of ['POST', 'GET'])
      keep(
        await publicCaller(callbacksHandler)(
          method,
          `${callbackPath}?token=${encodeURIComponent(stored[0] ?? '')}`,
          forged,
          headers,
        ),
      );
    for (const path of ['', '/configs', '/logs', '/tests', '/stats', '/history', '/logs?direction=incoming'])
      await call('GET', `/${data.id}${path}`);
    await call('DELETE', `/${data.id}`);
  } finally {
    output.restore();
  }
  keep(stack.rows('platform'));
  const texts = [...shown, ...output.lines];
  for (const form of secretForms(canaries)) {
    const found = texts.find((text) => text.includes(form));
    const at = found?.indexOf(form) ?? 0;
    expect(found?.slice(Math.max(0, at - 300), at + 60), `an output holds ${form}`).toBeUndefined();
  }
});

/** An answer, or an error with everything that hangs on it. */
function describeAll(value: unknown): string {
  const seen = new Set<unknown>();
  const open = (part: unknown): unknown => {
    if (typeof part === 'bigint') return String(part);
    if (typeof part !== 'object' || part === null) return part;
    if (seen.has(part)) return '';
    seen.add(part);
    if (Array.isArray(part)) return part.map(open);
    const names = part instanceof Error ? Object.getOwnPropertyNames(part) : Object.keys(part);
    return Object.fromEntries(names.map((name) => [name, open((part as Record<string, unknown>)[name])]));
  };
  return JSON.stringify(open(value)) ?? '';
}

const pointedAt = (url: string, settings: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(settings).flatMap(([key, value]) =>
      /^http:\/\/127/.test(value)
        ? [[key, key === 'api_url' ? url : `${url}/${key}`]]
        : value.startsWith('{') && key !== 'operations'
          ? []
          : [[key, value]],
    ),
  );

const withOperations = (provider: string): Record<string, string> =>
  ['seha', 'tatman'].includes(provider)
    ? {
        operations: JSON.stringify({
          createRecord: { path: '/records', body: { title: '{{title}}' }, result: { id: 'id' } },
        }),
      }
    : {};
