/** Tokens are kept for who proved to be allowed, and for nobody else. */
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type RunningProviders, startProviders } from '../../local/providers/start-providers.ts';
import { forgetAccessTokens } from './access-tokens.ts';
import { loadOperations } from './adapters/index.ts';
import { order } from './conformance/test-support/scenarios.ts';
import { failureOf, testContext } from './conformance/test-support/test-context.ts';

const clock = { nowMs: Date.parse('2026-03-01T10:00:00Z') };
let providers: RunningProviders;
beforeAll(async () => {
  providers = await startProviders({ now: () => clock.nowMs });
});
afterAll(() => providers.close());
beforeEach(() => {
  forgetAccessTokens();
  providers.journal.clear();
});

const tokenRequests = (provider: string, path: string) =>
  providers.journal.requests(provider).filter((request) => request.path.startsWith(path)).length;
const push = async (settings: Record<string, string>) =>
  (await loadOperations('push', 'fcm', testContext(settings, clock))).send({
    topic: 't',
    title: 'a',
    body: 'b',
    reference: 'r',
  });

it('one is asked for once, and again when it is about to expire', async () => {
  const settings = providers.settingsOf('fcm');
  await push(settings);
  clock.nowMs += 60_000;
  await push(settings);
  expect(tokenRequests('fcm', '/token')).toBe(1);
  clock.nowMs += 3_500_000;
  await push(settings);
  expect(tokenRequests('fcm', '/token')).toBe(2);
});

it('who knows only the names of an account is not given the token that its key proved', async () => {
  const settings = providers.settingsOf('fcm');
  await push(settings);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const stolen = {
    ...JSON.parse(settings['service_account']!),
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
  const error = await failureOf(() => push({ ...settings, service_account: JSON.stringify(stolen) }));
  expect(error.code).toBe('configuration');
});

it('another secret of the same client asks for itself', async () => {
  const settings = providers.settingsOf('google_calendar');
  const list = async (more: Record<string, string>) =>
    (await loadOperations('calendar', 'google_calendar', testContext({ ...settings, ...more }, clock))).listEvents({
      from: '2026-01-01T00:00:00Z',
      to: '2026-01-02T00:00:00Z',
    });
  await list({});
  expect((await failureOf(() => list({ client_secret: 'other-secret' }))).code).toBe('configuration');
});

it('an endpoint for tokens that answers nonsense did nothing', async () => {
  providers.setMode('slack', 'garbage');
  const settings = { ...providers.settingsOf('halyk'), oauth_url: `${providers.url}/slack/token` };
  const operations = await loadOperations('payment', 'halyk', testContext(settings, clock));
  const error = await failureOf(() => operations.create(order('nonsense', 'KZT')));
  providers.setMode('slack', 'ok');
  expect(error).toMatchObject({ code: 'unavailable', mayHaveActed: false });
});
