/** How long exchanges with providers and their counts are kept: the tenant's word, within bounds. */
import { beforeEach, describe, expect, it } from 'vitest';
import { sendSms } from '../contract.ts';
import { handler } from '../integrations/handler.ts';
import { caller } from '../test-support/fixtures.ts';
import { usePlatformStack } from '../test-support/platform-stack.ts';
import { simulateProvider } from '../test-support/test-provider.ts';
import { forgetCircuits } from './breaker.ts';

const stack = usePlatformStack();
const dayMs = 86_400_000;
let tenant = 0;
let tenantId: string;
let call: ReturnType<typeof caller>;
let id: string;
let sent = 0;

beforeEach(async () => {
  tenantId = `tenant-ls${++tenant}`;
  call = caller(handler, '/api/v1/developer/integrations', { tenantId });
  forgetCircuits();
  const provider = await simulateProvider();
  ({
    data: { id },
  } = await call('POST', '', { code: 'sms', provider: 'test_sms_a', nameAr: 'x' }));
  const values = { api_url: provider.url, api_key: 'key-of-test_sms_a-12345678' };
  expect((await call('PUT', `/${id}/configs`, { environment: 'development', values })).status).toBe(200);
});

const exchange = () =>
  sendSms(stack.session(tenantId), { to: '+967770000001', text: 'Your bill is ready', reference: `ls-${++sent}` });
const keep = (logRetentionDays: number, usageRetentionDays = 400) =>
  call('PUT', '/log-settings', { logRetentionDays, usageRetentionDays });
const logs = async (query = '') => {
  const answer = await call('GET', `/${id}/logs${query}`);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.data;
};
/** When the stored rows of this integration whose partition is so named may vanish; seconds since the epoch. */
const ends = (partition: string): number[] =>
  stack
    .rows('platform')
    .filter((row) => row.pk.S.includes(`#${partition}#${id}`))
    .map((row) => Number(row.expiresAt.N))
    .sort();
const inDays = (days: number): number => Math.floor(stack.now() / 1000) + days * 86_400;

describe('exchanges and their counts', () => {
  it('are kept for 90 and 400 days unless the tenant says otherwise', async () => {
    expect((await call('GET', '/log-settings')).data).toEqual({ logRetentionDays: 90, usageRetentionDays: 400 });
    await exchange();
    expect(ends('INTEGRATION-LOGS')).toEqual([inDays(90)]);
    expect(ends('INTEGRATION-DAYS')).toEqual([inDays(400)]);
  });

  it('are kept as long as the tenant says, and another tenant is not asked', async () => {
    await exchange();
    expect((await keep(7, 60)).data).toEqual({ logRetentionDays: 7, usageRetentionDays: 60 });
    expect((await call('GET', '/log-settings')).data).toEqual({ logRetentionDays: 7, usageRetentionDays: 60 });
    stack.advance(61_000);
    await exchange();
    expect(ends('INTEGRATION-LOGS')).toEqual([inDays(7), inDays(90) - 61]);
    expect(ends('INTEGRATION-DAYS')).toEqual([inDays(60)]);
    const other = caller(handler, '/api/v1/developer/integrations', { tenantId: `${tenantId}-other` });
    expect((await other('GET', '/log-settings')).data).toEqual({ logRetentionDays: 90, usageRetentionDays: 400 });
  });

  it('are hidden at once by a shorter time', async () => {
    await exchange();
    stack.advance(40 * dayMs);
    await exchange();
    expect(await logs()).toHaveLength(2);
    expect((await call('GET', `/${id}/stats?days=366`)).data).toMatchObject({ successes: 2 });
    await keep(20, 30);
    expect(await logs()).toHaveLength(1);
    const before = new Date(stack.now() - 50 * dayMs).toISOString();
    expect(await logs(`?from=${before}`)).toHaveLength(1);
    expect(await logs(`?to=${new Date(stack.now() - 30 * dayMs).toISOString()}`)).toEqual([]);
    const { data } = await call('GET', `/${id}/stats?days=366`);
    expect([data.successes, data.days.length]).toEqual([1, 1]);
  });

  it('end a list whose next page has become too old meanwhile', async () => {
    await exchange();
    await exchange();
    await keep(1);
    const { body } = await call('GET', `/${id}/logs?limit=1`);
    const cursor = encodeURIComponent((body as any).pagination.nextCursor);
    stack.advance(dayMs + 1000);
    expect(await logs(`?limit=1&cursor=${cursor}`)).toEqual([]);
  });

  it.each([
    [{ logRetentionDays: 0, usageRetentionDays: 400 }],
    [{ logRetentionDays: 3651, usageRetentionDays: 400 }],
    [{ logRetentionDays: 90, usageRetentionDays: 29 }],
    [{ logRetentionDays: 90, usageRetentionDays: 401 }],
    [{ logRetentionDays: 1.5, usageRetentionDays: 400 }],
    [{ logRetentionDays: '90', usageRetentionDays: 400 }],
    [{ logRetentionDays: 90 }],
    [{ logRetentionDays: 90, usageRetentionDays: 400, id: 'x' }],
  ])('refuse %o', async (body) => {
    expect((await call('PUT', '/log-settings', body)).status).toBe(400);
    expect((await call('GET', '/log-settings')).data).toEqual({ logRetentionDays: 90, usageRetentionDays: 400 });
  });

  it('take two changes at the same time', async () => {
    const answers = await Promise.all([keep(10), keep(20)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect([10, 20]).toContain((await call('GET', '/log-settings')).data.logRetentionDays);
  });

  it('a range the wrong way round is empty', async () => {
    await exchange();
    const at = (days: number) => new Date(stack.now() + days * dayMs).toISOString();
    expect(await logs(`?from=${at(1)}&to=${at(-1)}`)).toEqual([]);
  });
});
