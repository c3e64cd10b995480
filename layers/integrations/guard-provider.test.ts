/** What no adapter can forget: no secret in an error, in any form a provider may echo it. */
import { expect, it } from 'vitest';
import { guardProvider, withoutSecrets } from './guard-provider.ts';
import { type ProviderContext, ProviderError } from './provider.ts';
import { secret, setting } from './setting-specs.ts';

const canary = 'canary/secret+value=9f8e';

it.each([
  ['as it is', canary],
  ['in a URL', encodeURIComponent(canary)],
  ['in Base64', Buffer.from(canary).toString('base64')],
  ['in Base64 for addresses', Buffer.from(canary).toString('base64url')],
  ['as credentials', `Basic ${Buffer.from(`user:${canary}`).toString('base64')}`],
])('a secret %s is masked, the rest and the code stay', (_form, text) => {
  const error = new ProviderError('rejected', `HTTP 400: bad key ${text} given`, {
    providerCode: 'E1',
    cause: new Error(`cause ${text}`),
  });
  const clean = withoutSecrets(error, [canary]) as ProviderError;
  expect(clean).toBeInstanceOf(ProviderError);
  expect(clean).toMatchObject({
    code: 'rejected',
    providerCode: 'E1',
    message: expect.stringContaining('HTTP 400: bad key'),
  });
  expect(`${clean.message} ${clean.stack} ${(clean.cause as Error | undefined)?.message}`).not.toContain(
    text.replace('Basic ', ''),
  );
});

it('texts inside a secret that is JSON are secrets too', () => {
  const account = JSON.stringify({ private_key: 'very-long-private-key', type: 'short' });
  const clean = withoutSecrets(new Error('failed with very-long-private-key of type short'), [account]) as Error;
  expect(clean.message).toBe('failed with •••• of type short');
});

it('of a secret that begins as another one does, no rest stays', () => {
  const clean = withoutSecrets(new Error('no: key-1234-and-more'), ['key-1234', 'key-1234-and-more']) as Error;
  expect(clean.message).toBe('no: ••••');
});

it('a secret is masked as a form or a JSON text writes it', () => {
  const typed = 'two words "quoted"';
  const sent = [new URLSearchParams({ v: typed }).toString().slice(2), JSON.stringify(typed).slice(1, -1)];
  for (const form of sent)
    expect((withoutSecrets(new Error(`no: ${form}`), [typed]) as Error).message).toBe('no: ••••');
});

const definition = guardProvider({
  provider: 'example',
  kind: 'chat',
  name: { en: 'Example', ar: 'مثال' },
  category: 'local',
  authType: 'api_key',
  settings: [secret('api_key', 'Key', 'مفتاح'), setting('channel', 'Channel', 'قناة', { default: 'general' })],
  async check({ settings }) {
    throw new Error(`${settings['api_key']} ${settings['channel']}`);
  },
  operations: ({ settings }) => ({
    post: async () => {
      throw new ProviderError('unavailable', `down for ${settings['api_key']}`, { retryAfterMs: 5 });
    },
  }),
});
class ContextOfAClass implements ProviderContext {
  settings: Record<string, string>;
  readonly environment = 'development' as const;
  constructor(settings: Record<string, string>) {
    this.settings = settings;
  }
  async http(): Promise<never> {
    throw new Error('unused');
  }
  now(): number {
    return 0;
  }
}

it('guards checks and operations, fills defaults, and takes a context of a class', async () => {
  const context = new ContextOfAClass({ api_key: canary, channel: '' });
  await expect(definition.check(context)).rejects.toThrow('•••• general');
  await expect(definition.operations(context).post({ text: 'x', reference: 'r' })).rejects.toMatchObject({
    code: 'unavailable',
    message: 'down for ••••',
    retryAfterMs: 5,
  });
});

it('names what is missing', async () => {
  await expect(definition.check(new ContextOfAClass({}))).rejects.toMatchObject({
    code: 'configuration',
    message: 'example lacks the settings api_key.',
  });
});
