/** What every adapter keeps, whatever its provider: one suite over all of them, each against its simulator. */
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningProviders, startProviders } from '../../../local/providers/start-providers.ts';
import { forgetAccessTokens } from '../access-tokens.ts';
import { providerAbout, providerCatalogue } from '../adapters/catalogue.ts';
import { loadProvider, providerNames } from '../adapters/index.ts';
import { type ProviderErrorCode, providerKinds } from '../provider.ts';
import { extraSettings, impatient, scenarios } from './test-support/scenarios.ts';
import { failureOf, silencesOf, testContext } from './test-support/test-context.ts';

const clock = { nowMs: Date.parse('2026-03-01T10:00:00Z') };
let providers: RunningProviders;

beforeAll(async () => {
  providers = await startProviders({ now: () => clock.nowMs });
});
afterAll(() => providers.close());
afterEach(() => {
  for (const name of providers.providers) providers.setMode(name, 'ok');
  forgetAccessTokens();
});

const settingsOf = (provider: string): Record<string, string> => ({
  ...providers.settingsOf(provider),
  ...extraSettings[provider],
});

async function open(provider: string, changed: Record<string, string> = {}) {
  const definition = (await loadProvider(provider))!;
  const context = testContext({ ...settingsOf(provider), ...changed }, clock, silencesOf(providers, provider));
  return { definition, context, operations: definition.operations(context) };
}

/** Every secret the integration has, in each form it could be found in. */
function secretsOf(provider: string, changed: Record<string, string> = {}): string[] {
  const settings: Record<string, string> = { ...settingsOf(provider), ...changed };
  return providerAbout(provider)!
    .settings.filter(({ isSecret, key }) => isSecret && settings[key])
    .flatMap(({ key }) => [settings[key]!, Buffer.from(settings[key]!).toString('base64')]);
}

function expectNoSecret(error: Error & { providerCode?: string | undefined }, secrets: readonly string[]): void {
  const cause = error.cause instanceof Error ? `${error.cause.message} ${error.cause.stack}` : '';
  const text = `${error.message} ${error.stack} ${error.providerCode} ${JSON.stringify(error)} ${cause}`;
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
}

const expectations: readonly [mode: string, code: (isCritical: boolean) => ProviderErrorCode][] = [
  ['reject', () => 'rejected'],
  ['unauthorized', () => 'configuration'],
  ['rate_limited', () => 'rate_limited'],
  ['error', (isCritical) => (isCritical ? 'no_answer' : 'unavailable')],
  ['hang', () => 'no_answer'],
  ['garbage', () => 'unreadable_answer'],
  ['huge', () => 'unreadable_answer'],
];

it('every provider of the catalogue has an adapter, a simulator and a scenario, and the other way round', () => {
  const names = providerCatalogue.map(({ provider }) => provider).sort();
  expect([...providerNames].sort()).toEqual(names);
  expect([...providers.providers].sort()).toEqual(names);
  expect(scenarios.map(({ provider }) => provider).sort()).toEqual(names);
});

it('an unknown provider is none, and a name out of a prototype neither', async () => {
  expect(await loadProvider('nobody')).toBeUndefined();
  expect(await loadProvider('constructor')).toBeUndefined();
});

describe.each(providerCatalogue)('the settings of $provider', (about) => {
  it('are told in both languages, once each, with defaults that their own patterns take', () => {
    expect(providerKinds).toContain(about.kind);
    expect(about.name.ar).toMatch(/[\u0600-\u06ff]/);
    const keys = about.settings.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    for (const spec of about.settings) {
      expect(spec.key).toMatch(/^[a-z][a-z0-9_]*$/);
      expect(spec.label.en).not.toBe('');
      expect(spec.label.ar).toMatch(/[\u0600-\u06ff]/);
      if (spec.default !== undefined) expect(spec.default).toMatch(spec.pattern ?? /./);
      if (spec.pattern) expect(spec.pattern.source).toMatch(/^\^.*\$$/);
    }
  });

  it('flag everything that is secret by its name', () => {
    const byName = about.settings.filter(({ key }) => /secret|password|token$|api_key$|auth_token/.test(key));
    expect(byName.filter(({ isSecret, key }) => !isSecret && key !== 'mqtt_username').map(({ key }) => key)).toEqual(
      [],
    );
  });

  it('are what the simulator is configured with', () => {
    const known = about.settings.map(({ key }) => key);
    expect(Object.keys(settingsOf(about.provider)).filter((key) => !known.includes(key))).toEqual([]);
    for (const spec of about.settings) {
      const value = settingsOf(about.provider)[spec.key];
      if (value !== undefined && spec.pattern) expect(value).toMatch(spec.pattern);
    }
  });
});

describe.each(scenarios)('$provider', (scenario) => {
  const { provider, isCritical } = scenario;
  let count = 0;
  const reference = () => `ref-${provider}-${++count}`;

  it('is checked well with good credentials, and changes nothing by that', async () => {
    providers.journal.clear();
    const { definition, context } = await open(provider);
    await definition.check(context);
    expect(providers.journal.acts(provider)).toEqual([]);
  });

  it('is found wrong with bad credentials, and does not tell them', async () => {
    const changed = await badCredentials(provider);
    const { definition, context } = await open(provider, changed);
    const error = await failureOf(() => definition.check(context));
    expect(error.code).toBe('configuration');
    expectNoSecret(error, secretsOf(provider, changed));
  });

  it('names a required setting that is missing, before anything is sent', async () => {
    providers.journal.clear();
    const required = providerAbout(provider)!.settings.find(({ isRequired }) => isRequired)!;
    const { definition } = await open(provider);
    const context = testContext({ ...settingsOf(provider), [required.key]: '' }, clock);
    const error = await failureOf(() => definition.check(context));
    expect(error).toMatchObject({ code: 'configuration', message: expect.stringContaining(required.key) });
    expect(providers.journal.requests(provider)).toEqual([]);
  });

  it('does what it is asked for once', async () => {
    providers.journal.clear();
    const { operations } = await open(provider);
    await scenario.act(operations, reference());
    expect(providers.journal.acts(provider, scenario.noted)).toHaveLength(1);
  });

  it.skipIf(!scenario.refused)('says that a refused request was refused', async () => {
    const { operations } = await open(provider);
    const error = await failureOf(() => scenario.refused!(operations));
    expect(error.code).toBe('rejected');
    expect(error.mayHaveActed).toBe(false);
  });

  it.each(expectations)('in mode %s says what it means', async (mode, code) => {
    const expected = scenario.differs?.[mode] ?? code(isCritical);
    // Mail and MQTT have time-outs of their own, which are waited for where no answer comes.
    const { operations } = await open(provider, ['hang', 'garbage', 'huge'].includes(mode) ? impatient[provider] : {});
    providers.setMode(provider, mode as never);
    const error = await failureOf(() => scenario.act(operations, reference()));
    expect(error.code).toBe(expected);
    expectNoSecret(error, secretsOf(provider));
    if (expected === 'rate_limited' && !scenario.noRetryAfter) expect(error.retryAfterMs).toBe(7000);
  });

  it('leaves open what became of an act whose answer was lost', async () => {
    providers.journal.clear();
    const { operations } = await open(provider);
    const mode = {
      mode: 'lose_answer' as const,
      ...(['smtp', 'generic_mqtt'].includes(provider) ? {} : { method: 'POST' }),
    };
    providers.setMode(provider, mode);
    const error = await failureOf(() => scenario.act(operations, reference()));
    expect(error.code).toBe('no_answer');
    expect(error.mayHaveActed).toBe(true);
    expect(providers.journal.acts(provider, scenario.noted)).toHaveLength(1);
  });

  it('acts once when a lost act is repeated and the provider knows the key', async () => {
    const definition = (await loadProvider(provider))!;
    if (!definition.retrySafe?.some((name) => ['create', 'send'].includes(name))) return;
    providers.journal.clear();
    const { operations } = await open(provider);
    const same = reference();
    providers.setMode(provider, { mode: 'lose_answer', times: 1, method: 'POST' });
    await failureOf(() => scenario.act(operations, same));
    await scenario.act(operations, same);
    expect(providers.journal.acts(provider, scenario.noted)).toHaveLength(1);
  });

  it('says that nothing was sent when the provider cannot be reached', async () => {
    const { definition } = await open(provider);
    const port = await closedPort();
    const settings = Object.fromEntries(
      Object.entries(settingsOf(provider)).map(([key, value]) => [
        key,
        /^(mqtt_)?port$/.test(key) ? String(port) : value.replace(/127\.0\.0\.1:\d+/g, `127.0.0.1:${port}`),
      ]),
    );
    const error = await failureOf(() => scenario.act(definition.operations(testContext(settings, clock)), reference()));
    expect(['unreachable', 'unavailable']).toContain(error.code);
    expect(error.mayHaveActed).toBe(false);
  });
});

/** A port that something listened on a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function badCredentials(provider: string): Promise<Record<string, string>> {
  const settings = settingsOf(provider);
  if (provider === 'slack') return { webhook_url: `${settings['webhook_url']}canary9999` };
  if (provider === 'fcm') {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const account = {
      ...JSON.parse(settings['service_account']!),
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    };
    return { service_account: JSON.stringify(account) };
  }
  const order = [
    'api_key',
    'secret_key',
    'client_secret',
    'auth_token',
    'access_token',
    'app_sid',
    'merchant_id',
    'secret_access_key',
    'mqtt_password',
    'password',
  ];
  const known = providerAbout(provider)!.settings.map(({ key }) => key);
  const key = order.find((name) => known.includes(name) && settings[name])!;
  return { [key]: 'canary-9f8e7d6c5b4a-canary' };
}
