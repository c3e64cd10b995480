import { beforeAll, describe, expect, it, vi } from 'vitest';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { caller } from '../../platform/test-support/fixtures.ts';
import { operator, useMonitoringStack } from '../test-support/monitoring-stack.ts';
import { handler } from './handler.ts';

const stack = useMonitoringStack();
const base = '/api/v1/developer/dead-letters';
const call = caller(handler, base, { tenantId: operator, permissions: ['system:*'] });
const canary = 'CANARY-77';
const urls = new Map<string, string>();

beforeAll(async () => {
  for (const [name, deadLetters] of [
    ['mizan-dev-billing-payer-dlq'],
    ['mizan-dev-billing-payer', 'mizan-dev-billing-payer-dlq'],
    ['mizan-dev-scada-schedules-dlq'],
    ['mizan-prod-billing-payer-dlq'],
    ['other-dlq'],
  ] as const)
    urls.set(name, await stack.createQueue(name, deadLetters));
});
const queue = (name: string) => stack.sqs().queue(urls.get(name)!);
const die = (body: object) => queue('mizan-dev-billing-payer-dlq').send({ body: JSON.stringify(body) });

describe('dead letters', () => {
  it('are for who runs the installation, and for no role of a tenant', async () => {
    for (const permissions of [['platform:*'], ['platform:*', 'identity:*', 'billing:*', 'system:metrics:read']]) {
      const tenant = caller(handler, base, { tenantId: operator, permissions });
      expect((await tenant('GET', '')).status).toBe(403);
      expect((await tenant('GET', '/billing-payer/messages')).status).toBe(403);
      expect((await tenant('POST', '/billing-payer/redrive')).status).toBe(403);
    }
    const reader = caller(handler, base, { permissions: ['system:dead_letters:read'] });
    expect((await reader('GET', '')).status).toBe(200);
    expect((await reader('POST', '/billing-payer/redrive')).status).toBe(403);
  });

  it('are listed by queue of this stage alone', async () => {
    die({ type: 'x' });
    expect((await call('GET', '')).data).toEqual([
      { queue: 'billing-payer', messages: 1, inFlight: 0, isRedrivable: true },
      { queue: 'scada-schedules', messages: 0, inFlight: 0, isRedrivable: false },
    ]);
    expect((await call('GET', '?onlyFilled=true')).data).toHaveLength(1);
    queue('mizan-dev-billing-payer-dlq').purge();
  });

  it('are looked at without being taken, and without the secrets in them', async () => {
    const detail = { type: 'invoice.paid', tenantId: 'north', correlationId: 'cor-12345678' };
    die({ detail: { ...detail, payload: JSON.stringify({ apiKey: canary, deep: { password: canary } }) } });
    die({ authorization: `Bearer ${canary}`, long: 'x'.repeat(20_000) });
    for (let i = 0; i < 3; i++) {
      const { data } = await call('GET', '/billing-payer/messages');
      expect(data).toHaveLength(2);
      expect(JSON.stringify(data)).not.toContain(canary);
      expect(data.find((message: any) => message.tenantId)).toMatchObject({
        eventType: 'invoice.paid',
        tenantId: 'north',
        correlationId: 'cor-12345678',
        isCut: false,
      });
      expect(data.find((message: any) => message.isCut).body).toHaveLength(16_000);
    }
    expect((await call('GET', '/billing-payer/messages?count=1')).data).toHaveLength(1);
  });

  it('go back to where they came from, and how far is told', async () => {
    const { status, data } = await call('POST', '/billing-payer/redrive', { perSecond: 1 });
    expect([status, data.status]).toEqual([202, 'running']);
    expect((await call('POST', '/billing-payer/redrive')).status).toBe(409);
    stack.advance(5000);
    expect((await call('GET', '/billing-payer/redrives')).data[0]).toMatchObject({ status: 'completed', moved: 2 });
    expect(queue('mizan-dev-billing-payer').counts().visible).toBe(2);
    expect((await call('GET', '?onlyFilled=true')).data).toEqual([]);
  });

  it('stop going when they are told to', async () => {
    expect((await call('POST', '/billing-payer/redrive/cancel')).status).toBe(409);
    for (let i = 0; i < 5; i++) die({ i });
    await call('POST', '/billing-payer/redrive', { perSecond: 1 });
    stack.advance(1500);
    expect((await call('POST', '/billing-payer/redrive/cancel')).status).toBe(204);
    expect((await call('GET', '/billing-payer/redrives')).data[0].status).toBe('cancelled');
  });

  it('leave a line of audit: who, what, and how much', async () => {
    const written = vi.spyOn(logger, 'info');
    die({ type: 'x' });
    await call('GET', '/billing-payer/messages');
    await call('POST', '/billing-payer/redrive');
    const lines = written.mock.calls.filter(([message]) => message === 'audit').map(([, fields]) => fields);
    written.mockRestore();
    expect(lines).toEqual([
      expect.objectContaining({ action: 'dead_letters.inspected', queue: 'billing-payer', by: 'usr_1' }),
      expect.objectContaining({ action: 'dead_letters.redriven', queue: 'billing-payer', by: 'usr_1' }),
    ]);
  });

  it('that came from no queue stay, with a reason', async () => {
    const { status, body } = await call('POST', '/scada-schedules/redrive');
    expect([status, body.code]).toEqual([409, 'conflict']);
  });

  it.each([
    ['GET', '/unknown-queue/messages', 404],
    ['GET', '/billing-payer-dlq/messages', 404],
    ['GET', '/..%2Fother/messages', 400],
    ['GET', '/Billing/messages', 400],
    ['GET', '/billing-payer/messages?count=11', 400],
    ['POST', '/unknown-queue/redrive', 404],
    ['GET', '/unknown-queue/redrives', 404],
  ])('%s %s answers %i', async (method, path, status) => {
    expect((await call(method, path)).status).toBe(status);
  });

  it('are not sent round at an absurd rate', async () => {
    expect((await call('POST', '/billing-payer/redrive', { perSecond: 0 })).status).toBe(400);
    expect((await call('POST', '/billing-payer/redrive', { destination: 'other' })).status).toBe(400);
  });
});
