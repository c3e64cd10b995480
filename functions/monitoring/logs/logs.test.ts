import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseInsightsQuery } from '../../../local/services/cloudwatch/insights-query.ts';
import { caller, type HttpAnswer } from '../../platform/test-support/fixtures.ts';
import { useMonitoringStack } from '../test-support/monitoring-stack.ts';
import { buildQuery } from './build-query.ts';
import { handler } from './handler.ts';

const stack = useMonitoringStack();
const base = '/api/v1/developer/logs';
let tenant = 0;
let tenantId: string;
let search: (query?: string) => Promise<HttpAnswer>;

beforeEach(() => {
  tenantId = `tenant-lg${++tenant}`;
  const call = caller(handler, base, { tenantId });
  search = (query = '') => call('GET', query);
});

const line = (fields: object, lambda = 'billing-invoices') =>
  stack.cloudwatch().ingest(`mizan-dev-${lambda}`, JSON.stringify({ level: 'INFO', tenantId, ...fields }));
const request = (fields: object, lambda?: string) => line({ message: 'request', method: 'GET', ...fields }, lambda);
const messages = async (query: string) => (await search(query)).data.map(({ message }: any) => message);

describe('logs', () => {
  it('are lines of the own tenant, newest first, with what they hold', async () => {
    line({ message: 'old', correlationId: 'cor-12345678', requestId: 'r-1', userId: 'usr_1', invoice: { id: 'I-1' } });
    stack.advance(1000);
    line({ message: 'new', level: 'ERROR', error: { message: 'no', stack: 'at /var/task', location: 'x' } });
    line({ message: 'foreign', tenantId: 'somebody' });
    line({ message: 'nobody’s', tenantId: undefined });
    const { data } = await search();
    expect(data.map(({ message, level }: any) => [message, level])).toEqual([
      ['new', 'error'],
      ['old', 'info'],
    ]);
    expect(data[0].context).toEqual({ error: { message: 'no' } });
    expect(data[1]).toMatchObject({
      source: 'mizan-dev-billing-invoices',
      userId: 'usr_1',
      requestId: 'r-1',
      correlationId: 'cor-12345678',
      context: { invoice: { id: 'I-1' } },
    });
  });

  it('are found by kind, level, source, user, request, correlation, words and time', async () => {
    line({ message: 'invoice sent', userId: 'usr_2', requestId: 'r-2', correlationId: 'cor-2' });
    line({ message: 'فاتورة أرسلت', level: 'WARN' });
    request({ method: 'POST', durationMs: 20 });
    request({ durationMs: 3000 }, 'scada-points');
    line({ message: 'broken', level: 'ERROR' });
    line({ message: 'audit', action: 'dead_letters.inspected', queue: 'billing-payer' });
    expect(await messages('?kind=application')).toHaveLength(3);
    expect(await messages('?kind=access')).toHaveLength(2);
    expect((await messages('?kind=audit')).sort()).toEqual(['audit', 'request']);
    expect(await messages('?kind=performance')).toHaveLength(1);
    expect(await messages('?kind=error')).toEqual(['broken']);
    expect(await messages('?level=warning')).toEqual(['فاتورة أرسلت']);
    expect(await messages('?source=scada')).toHaveLength(1);
    expect(await messages('?userId=usr_2&requestId=r-2&correlationId=cor-2')).toEqual(['invoice sent']);
    expect(await messages(`?text=${encodeURIComponent('فاتورة')}`)).toHaveLength(1);
    expect(await messages('?count=2')).toHaveLength(2);
  });

  it('show no secret that somebody logged', async () => {
    const canary = 'CANARY-99';
    line({ message: `sent Bearer ${canary}`, headers: { authorization: canary }, body: `{"password":"${canary}"}` });
    const { status, body } = await search();
    expect(status).toBe(200);
    expect(body.data).toHaveLength(1);
    expect(JSON.stringify(body)).not.toContain(canary);
  });

  it('are searched over a day at most, and so often', async () => {
    const at = (hours: number) => new Date(stack.now() - hours * 3_600_000).toISOString();
    expect((await search(`?from=${at(30)}`)).status).toBe(422);
    expect((await search(`?from=${at(1)}&to=${at(2)}`)).status).toBe(422);
    expect((await search('?from=yesterday')).status).toBe(400);
    expect((await search('?count=1000')).status).toBe(400);
    for (let i = 0; i < 10; i++) expect((await search(`?from=${at(2)}`)).status).toBe(200);
    expect((await search()).status).toBe(429);
  });

  it('need their permission', async () => {
    expect((await caller(handler, base, { permissions: ['platform:alerts:*'] })('GET', '')).status).toBe(403);
  });
});

describe('a search cannot be made to look elsewhere', () => {
  it.each([
    'x" or tenantId = "somebody',
    "x' | filter tenantId like 'a",
    'x\\" or 1 = 1',
    'x | fields @message',
    'x\n| limit 10000',
    '/.*/',
    '`x`',
    'x") or ("a" = "a',
  ])('%j is refused', async (attack) => {
    line({ message: 'own' });
    line({ message: 'theirs', tenantId: 'somebody' });
    for (const name of ['text', 'userId', 'correlationId', 'requestId', 'source']) {
      const { status, body } = await search(`?${name}=${encodeURIComponent(attack)}`);
      expect([name, status, body.code]).toEqual([name, 400, 'validation_failed']);
    }
    const direct = { tenantId: attack, limit: 10 };
    expect(() => buildQuery(direct, '/aws/lambda/mizan-dev-')).toThrow();
    expect(() => buildQuery({ ...direct, tenantId, text: attack }, '/aws/lambda/mizan-dev-')).toThrow();
  });

  it('whatever is asked, the query asks for the tenant first, or is not made', () => {
    const value = fc.option(fc.string({ unit: 'grapheme', maxLength: 40 }), { nil: undefined });
    fc.assert(
      fc.property(value, value, value, (text, userId, correlationId) => {
        let query: string;
        try {
          query = buildQuery({ tenantId: 'north', text, userId, correlationId, limit: 5 }, '/aws/lambda/mizan-dev-');
        } catch {
          return;
        }
        const { matches, limit, namePrefixes } = parseInsightsQuery(query);
        expect([limit, namePrefixes]).toEqual([5, ['/aws/lambda/mizan-dev-']]);
        const foreign = { tenantId: 'south', '@message': text ?? '', userId, correlationId } as Record<string, unknown>;
        expect(matches((name) => foreign[name])).toBe(false);
        expect(matches((name) => ({ ...foreign, tenantId: 'north' })[name])).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
