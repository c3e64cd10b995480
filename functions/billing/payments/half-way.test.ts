/** A payment that is half way when its request dies goes on by itself, whoever else is at it at the same moment. */
import { beforeAll, expect, it, vi } from 'vitest';
import { busBatch, makeEvent } from '../../platform/test-support/fixtures.ts';
import { handler as tills } from '../cashier-sessions/handler.ts';
import { doProviderWork } from '../provider-payments/do-provider-work.ts';
import { handler as onPaymentEvents } from '../provider-payments/on-payment-events.ts';
import { providerPaymentsQueue } from '../provider-payments/provider-work.ts';
import { handler as refundsHandler } from '../refunds/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { useDebtScene } from '../test-support/debt-scene.ts';
import { handler } from './handler.ts';

const request = vi.hoisted(() => ({ dies: false, between: undefined as (() => Promise<void>) | undefined }));
vi.mock('./owe-again.ts', async (original) => {
  const real = await original<typeof import('./owe-again.ts')>();
  return {
    ...real,
    // When the invoices are owed again, and the money is not taken back yet.
    oweManyAgain: async (...of: Parameters<typeof real.oweManyAgain>) => {
      await real.oweManyAgain(...of);
      const { between } = request;
      request.between = undefined;
      await between?.();
    },
  };
});
vi.mock('./settle-rest.ts', async (original) => {
  const real = await original<typeof import('./settle-rest.ts')>();
  return {
    settleRest: (...of: Parameters<typeof real.settleRest>) => {
      if (request.dies) throw new Error('The function was stopped.');
      return real.settleRest(...of);
    },
  };
});

const stack = useBillingStack();
const tenant = 'half-way';
const base = '/api/billing/payments';
const { owing, pay, reverse, paymentOf, askBack, expectAgreement } = useDebtScene(stack, tenant);
const dead = () => Promise.reject(new Error('The function was stopped.'));
const told = new Set<string>();
/** What is half way is gone on with, a minute after it began. */
const minuteLater = async () => {
  const fresh = stack.events('payment.half_way').filter(({ id }) => !told.has(id.S));
  const events = fresh.map(({ id, payload }) => {
    told.add(id.S);
    return makeEvent({ type: 'payment.half_way', tenantId: tenant, payload: JSON.parse(payload.S) });
  });
  if (events.length > 0) await onPaymentEvents(busBatch(events));
  await stack.workOff(providerPaymentsQueue, (body) => doProviderWork(JSON.parse(body)), { seconds: 60 });
  return events.length;
};
const paid = async (): Promise<{ customerId: string; id: string }> => {
  const customerId = await owing(40);
  return { customerId, id: (await pay(customerId, '400')).body.data.id };
};
/** Whether a person was told so. */
const notTakenBack = (id: string): boolean =>
  JSON.stringify([stack.tables.scan('platform'), stack.tables.scan('billing')]).includes(
    `Payment ${id} was not taken back`,
  );
beforeAll(minuteLater);

it('is reversed whole where the request died, once, out of the till of who asked', async () => {
  const as = { subject: 'usr_teller' };
  const till = (method: string, path: string, body?: object) =>
    stack.call(tenant, tills, method, `/api/billing/cashier-sessions${path}`, { as, ...(body && { body }) });
  const { id: session } = (await till('POST', '', { desk: 'D1' })).body.data;
  const customerId = await owing(40);
  const body = { customerId, amount: '400', method: 'cash' };
  const { id } = (await stack.call(tenant, handler, 'POST', base, { body, as })).body.data;
  request.between = dead;
  const asked = { reason: 'Typing', reasonCode: 'wrong_amount' };
  expect((await stack.call(tenant, handler, 'POST', `${base}/${id}/reverse`, { body: asked, as })).status).toBe(500);
  const seen = (await stack.call(tenant, handler, 'GET', `${base}/${id}`)).body.data;
  expect(seen).toMatchObject({ takingBack: '280.00', takingBackFor: { askedBy: 'usr_teller', reason: 'Typing' } });
  const { data } = (await stack.call(tenant, handler, 'GET', base, { query: { isHalfWay: 'true' } })).body;
  expect(data.map((one: { id: string }) => one.id)).toEqual([id]);
  expect(await minuteLater()).toBe(1);
  const reversed = await paymentOf(id);
  expect(reversed).toMatchObject({ status: 'reversed', reverseReason: 'Typing', reverseReasonCode: 'wrong_amount' });
  expect([reversed.takingBack, reversed.takingBackFor]).toEqual([undefined, undefined]);
  expect(await expectAgreement(customerId)).toEqual({ open: 40, balance: '400.00', advance: '0.00' });
  expect((await till('GET', `/${session}`)).body.data.expected).toMatchObject([{ method: 'cash', amount: '0.00' }]);
  expect(await minuteLater()).toBe(0);
  expect(stack.events('payment.reversed').filter(({ aggregateId }) => aggregateId.S === id)).toHaveLength(1);
});

it('is left alone where the request is through', async () => {
  const { customerId, id } = await paid();
  expect((await reverse(id)).status).toBe(200);
  expect(await minuteLater()).toBe(1);
  expect(await expectAgreement(customerId)).toEqual({ open: 40, balance: '400.00', advance: '0.00' });
});

it('is given back by hand where the request died', async () => {
  const { customerId, id } = await paid();
  const refund = await askBack(id);
  request.between = dead;
  const complete = `/api/billing/refunds/${refund.id}/complete`;
  await stack.call(tenant, refundsHandler, 'POST', complete, { body: { externalReference: 'V-7' } });
  expect(await minuteLater()).toBe(1);
  expect(await paymentOf(id)).toMatchObject({ status: 'refunded' });
  const { data } = (await stack.call(tenant, refundsHandler, 'GET', `/api/billing/refunds/${refund.id}`)).body;
  expect(data).toMatchObject({ status: 'done', externalReference: 'V-7' });
  expect(await expectAgreement(customerId)).toEqual({ open: 40, balance: '400.00', advance: '0.00' });
});

it('has its invoices settled again where its refund was turned down half way', async () => {
  const { customerId, id } = await paid();
  const refund = await askBack(id);
  request.between = dead;
  await stack.call(tenant, refundsHandler, 'POST', `/api/billing/refunds/${refund.id}/complete`, { body: {} });
  const body = { reason: 'Too late' };
  await stack.call(tenant, refundsHandler, 'POST', `/api/billing/refunds/${refund.id}/reject`, { body });
  await minuteLater();
  await minuteLater();
  expect((await paymentOf(id)).takingBack).toBeUndefined();
  expect(await expectAgreement(customerId)).toEqual({ open: 0, balance: '0.00', advance: '0.00' });
});

it('has its invoices settled again where it may not be reversed any more, and a person is told', async () => {
  const { customerId, id } = await paid();
  request.between = dead;
  await reverse(id);
  await askBack(id, '30');
  await minuteLater();
  expect(await paymentOf(id)).toMatchObject({ status: 'received' });
  expect(await expectAgreement(customerId)).toEqual({ open: 0, balance: '0.00', advance: '0.00' });
  expect(notTakenBack(id)).toBe(true);
});

it('has its invoices settled again where who was refused died', async () => {
  const { customerId, id } = await paid();
  request.between = async () => {
    await askBack(id, '30');
    request.dies = true;
  };
  expect((await reverse(id)).status).toBe(500);
  request.dies = false;
  expect((await expectAgreement(customerId)).open).toBe(28);
  await minuteLater();
  expect(await expectAgreement(customerId)).toEqual({ open: 0, balance: '0.00', advance: '0.00' });
});

it('raises no alert where who asked again was faster', async () => {
  const { customerId, id } = await paid();
  request.between = dead;
  expect((await reverse(id)).status).toBe(500);
  request.between = async () => void expect((await reverse(id)).status).toBe(200);
  await minuteLater();
  expect(await paymentOf(id)).toMatchObject({ status: 'reversed' });
  expect(await expectAgreement(customerId)).toEqual({ open: 40, balance: '400.00', advance: '0.00' });
  expect(notTakenBack(id)).toBe(false);
});
