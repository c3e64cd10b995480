/** Paying and buying tokens as a customer, against simulated providers: money counts when the provider says so, tokens come by themselves. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { handler as customers } from '../customers/handler.ts';
import { handler as payments } from '../payments/handler.ts';
import { type PrepaidSupply, usePrepaidScene } from '../test-support/prepaid-scene.ts';
import { handler as app } from './app-handler.ts';
import { handler as portal } from './handler.ts';

// Pauses between tries are tested with the engine of providers.
vi.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

const tenant = 'buy';
const scene = usePrepaidScene(tenant);
const { stack } = scene;
let [integration, own, other]: [string, PrepaidSupply, PrepaidSupply] = ['', undefined!, undefined!];
const user = (n: number): string => `usr_${String(n).padStart(26, '0')}`;
const call = (n: number, method: string, path: string, body?: object) =>
  stack.call(tenant, portal, method, `/api/portal${path}`, {
    ...(body === undefined ? {} : { body }),
    as: { subject: user(n), permissions: ['portal:*'] },
  });

beforeAll(async () => {
  integration = await scene.provider.integrate(tenant, 'kuraimi');
  const { openSession } = await import('../../../layers/kernel/data/session.ts');
  const { linkUser } = await import('./link-account.ts');
  [own, other] = [await scene.addSupply(), await scene.addSupply()];
  await linkUser(openSession(tenant), user(1), own.customerId);
  await linkUser(openSession(tenant), user(2), other.customerId);
});

const pay = async (providerReference: string) => {
  scene.provider.providers.payerActs('kuraimi', providerReference, 'pays');
  await scene.provider.notify(tenant, integration, providerReference, 2);
  await scene.provider.workOff(tenant);
};
/** As the provider knows it: customers are not told. */
const referenceOf = (id: string): string =>
  stack.tables.scan('billing').find((row) => row['id']?.S === id && row['_type'].S === 'checkout')!['providerReference']
    .S;

describe('a token', () => {
  it('is priced, paid at the provider, made, and shown to its customer alone', async () => {
    const order = { supplyId: own.supplyId, amount: '3000' };
    expect((await call(1, 'POST', '/tokens/quote', order)).body.data).toMatchObject({ energyKwh: '101.1' });
    const begun = await call(1, 'POST', '/tokens', { ...order, returnUrl: 'https://portal.example.com/back' });
    expect(begun).toMatchObject({ status: 201, body: { data: { status: 'pending', purpose: 'prepaid' } } });
    expect(begun.body.data.redirectUrl).toMatch(/^http/);
    expect(begun.body.data).not.toHaveProperty('providerReference');
    const path = `/payments/checkouts/${begun.body.data.id}`;
    expect((await call(1, 'GET', '/tokens')).body.data).toEqual([]);
    await pay(referenceOf(begun.body.data.id));
    await scene.deliverPayments(2);
    await scene.workOff(60);
    expect((await call(1, 'GET', path)).body.data).toMatchObject({ status: 'paid', paidAmount: '3000.00' });
    const tokens = (await call(1, 'GET', '/tokens')).body.data;
    expect(tokens).toMatchObject([{ kind: 'credit', status: 'vended', amount: '3000.00' }]);
    expect(tokens[0].tokens).toEqual([expect.stringMatching(/^(\d{4} ){4}\d{4}$/)]);
    expect((await call(2, 'GET', '/tokens')).body.data).toEqual([]);
    expect((await call(2, 'GET', path)).status).toBe(404);
    const inApp = await stack.call(tenant, app, 'GET', '/api/v1/customers/me/tokens', {
      as: { subject: user(1), permissions: ['portal:*'] },
    });
    expect(inApp.body.data).toEqual(tokens);
    // One that was taken back stays in the list, and cannot be read any more.
    const { openSession } = await import('../../../layers/kernel/data/session.ts');
    const { vendEntity } = await import('../prepaid/vend-entity.ts');
    const become = async (status: 'reversed' | 'vended') => {
      const session = openSession(tenant);
      const vend = await session.require(vendEntity, { id: tokens[0].id });
      await session.transact('billing', (unit) => unit.update(vendEntity, vend, { status }));
    };
    await become('reversed');
    expect((await call(1, 'GET', '/tokens')).body.data[0].tokens).toEqual([
      expect.stringMatching(/^\d{4} (•{4} ){3}\d{4}$/),
    ]);
    await become('vended');
  });

  it('is sold within the utility’s limits, which are said before', async () => {
    const { openSession } = await import('../../../layers/kernel/data/session.ts');
    const { prepaidSettingsEntity, prepaidSettingsSchema } = await import('../prepaid/settings.ts');
    const limits = { minimumAmount: '500', maximumAmount: '5000', dailyLimit: '6000' };
    const settings = prepaidSettingsSchema.parse(limits);
    await openSession(tenant).transact('billing', (unit) =>
      unit.put(prepaidSettingsEntity, { ...settings, id: 'prepaid' }),
    );
    const { supplyId, meterId, meterNumber } = own;
    const shown = (await call(1, 'GET', '/tokens/limits')).body.data;
    const bounds = { minimumAmount: '500.00', maximumAmount: '5000.00' };
    // 3000 of the day went into the token above.
    expect(shown).toEqual([{ supplyId, meterId, meterNumber, currency: 'YER', ...bounds, leftToday: '3000.00' }]);
    expect((await call(2, 'GET', '/tokens/limits')).body.data).toMatchObject([{ leftToday: '6000.00' }]);
    for (const [amount, why] of [
      ['499.99', 'A purchase is at least 500.00 YER.'],
      ['5000.01', 'A purchase is at most 5000.00 YER.'],
      ['3000.01', 'At most 3000.00 YER can still be bought today.'],
    ])
      for (const path of ['/tokens', '/tokens/quote']) {
        const refused = await call(1, 'POST', path, { supplyId, amount });
        expect([refused.status, refused.body.detail ?? refused.body.message]).toEqual([422, why]);
      }
    expect((await call(1, 'POST', '/tokens', { supplyId, amount: '3000' })).status).toBe(201);
    await openSession(tenant).transact('billing', (unit) =>
      unit.put(prepaidSettingsEntity, { ...prepaidSettingsSchema.parse({}), id: 'prepaid' }),
    );
  });

  it('has limits for a dozen meters at once, and for one of more when it is named', async () => {
    const { openSession } = await import('../../../layers/kernel/data/session.ts');
    const { linkUser } = await import('./link-account.ts');
    const { customerId, supplyId } = await scene.addSupply();
    await linkUser(openSession(tenant), user(3), customerId);
    const limits = (query: Record<string, string> = {}) =>
      stack.call(tenant, portal, 'GET', '/api/portal/tokens/limits', {
        query,
        as: { subject: user(3), permissions: ['portal:*'] },
      });
    for (let n = 2; n <= 12; n++) await scene.addSupply({ customerId });
    expect((await limits()).body.data).toHaveLength(12);
    await scene.addSupply({ customerId });
    expect(await limits()).toMatchObject({ status: 422 });
    expect((await limits({ supplyId })).body.data).toMatchObject([{ supplyId }]);
    expect((await limits({ supplyId: own.supplyId })).status).toBe(404);
  });

  it('has no limits where none is sold: what was kept from purchases is in another currency than the tariff', async () => {
    const { openSession } = await import('../../../layers/kernel/data/session.ts');
    const { linkUser } = await import('./link-account.ts');
    const { customerId, supplyId } = await scene.addSupply();
    await linkUser(openSession(tenant), user(4), customerId);
    expect((await scene.buy(supplyId, '3000')).status).toBe(201);
    const { prepaidAccountEntity, readPrepaidAccount } = await import('../prepaid/prepaid-account.ts');
    const session = openSession(tenant);
    const account = (await readPrepaidAccount(session, supplyId))!;
    await session.transact('billing', (unit) => unit.update(prepaidAccountEntity, account, { currency: 'USD' }));
    expect((await call(4, 'POST', '/tokens/quote', { supplyId, amount: '3000' })).status).toBe(422);
    expect((await call(4, 'GET', '/tokens/limits')).body.data).toEqual([]);
  });

  it('is not sold for another’s supply, for nothing, or for less than a step of energy', async () => {
    for (const path of ['/tokens', '/tokens/quote']) {
      expect((await call(2, 'POST', path, { supplyId: own.supplyId, amount: '3000' })).status).toBe(404);
      expect((await call(1, 'POST', path, { supplyId: own.supplyId, amount: '-5' })).status).toBe(400);
      expect((await call(2, 'POST', path, { supplyId: other.supplyId, amount: '0.01' })).status).toBe(422);
    }
  });
});

describe('paying', () => {
  it('is booked once the provider says so, and shown without the office’s notes', async () => {
    const begun = (await call(2, 'POST', '/payments/checkouts', { amount: '500' })).body.data;
    expect((await call(2, 'GET', '/payments')).body.data).toEqual([]);
    await pay(referenceOf(begun.id));
    expect((await call(2, 'GET', '/payments')).body.data).toMatchObject([{ amount: '500.00', method: 'gateway' }]);
    const note = { customerId: other.customerId, amount: '1', method: 'cash', note: 'a difficult man' };
    await stack.call(tenant, payments, 'POST', '/api/billing/payments', { body: note });
    const listed = await call(2, 'GET', '/payments');
    expect(listed.body.data).toHaveLength(2);
    expect(listed.text).not.toContain('difficult');
    const balance = await stack.call(tenant, customers, 'GET', `/api/billing/customers/${other.customerId}/balance`);
    expect(balance.body.data[0].balance).toBe('-501.00');
  });

  it('is opened once for one Idempotency-Key', async () => {
    const as = { subject: user(1), permissions: ['portal:*'] };
    const once = () =>
      stack.call(tenant, portal, 'POST', '/api/portal/payments/checkouts', {
        as,
        body: { amount: '70' },
        headers: { 'idempotency-key': 'tap-tap' },
      });
    const [first, second] = [await once(), await once()];
    expect(second.body.data.id).toBe(first.body.data.id);
  });
});
