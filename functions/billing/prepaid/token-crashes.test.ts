/** Tokens while functions die and messages come twice: what money buys is made once, and what is taken back is taken back once. */
import { expect, it, vi } from 'vitest';
import { handler as payments } from '../payments/handler.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { useDisturbance } from '../test-support/disturb-flow.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { usePrepaidScene } from '../test-support/prepaid-scene.ts';
import { handler as campaigns } from './campaign-handler.ts';
import { orderResting } from './look-after-tokens.ts';
import { handler as switches } from './switch-handler.ts';
import { handler as terms } from './terms-handler.ts';
import { handler as vends } from './vend-handler.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

const tenant = 'broken-tokens';
const scene = usePrepaidScene(tenant);
const { billing, everyWay } = useDisturbance(scene.stack, { without: ['send-customer-messages'] });
const base = '/api/billing/prepaid/vends';
const post = (handler: typeof vends, path: string, body: object = {}) =>
  billing.ask(tenant, handler, 'POST', path, { body });
const buy = (supplyId: string, amount: string) => post(vends, base, { supplyId, amount, method: 'cash' });
const lastVend = async (supplyId: string) =>
  (await billing.ask(tenant, vends, 'GET', base, { query: { supplyId } })).body.data[0];
/** Until nothing is left to do, also for what only the schedule finds. */
const calmDown = async () => {
  await billing.calmDown(300);
  await billing.insist(() => orderResting(scene.session));
  await billing.calmDown(300);
};
/** Kinds of tokens that the vendor made since. */
const outside = () => {
  const before = scene.tokens().length;
  return () =>
    scene
      .tokens()
      .slice(before)
      .map(({ kind, units }) => [kind, units])
      .sort();
};

it('a campaign of new keys', async () => {
  for (let i = 0; i < 2; i++) await scene.addSupply();
  const told = await everyWay({
    outside,
    async act() {
      const order = { name: 'TID 2024', fromBaseDate: 2014, toBaseDate: 2035, keyRevision: 2 };
      await post(campaigns, '/api/billing/prepaid/key-change-campaigns', order);
      await calmDown();
    },
  });
  expect(told).toMatchObject({ 'prepaid.vended': 2 });
});

it('a purchase, and the one after it', async () => {
  const { supplyId } = await scene.addSupply();
  const told = await everyWay({
    outside,
    async act() {
      await buy(supplyId, '1000');
      await calmDown();
      await buy(supplyId, '500');
      await calmDown();
    },
  });
  expect(told).toMatchObject({ 'payment.received': 2, 'prepaid.vended': 2 });
});

it('a purchase of somebody in debt by a payment at the counter, and its return', async () => {
  const { supplyId, customerId } = await scene.addSupply();
  await oweInvoice(tenant, customerId, '400.00');
  const told = await everyWay({
    outside,
    async act() {
      const body = { customerId, supplyId, amount: '2000', method: 'cash', purpose: 'prepaid' };
      await post(payments, '/api/billing/payments', body);
      await calmDown();
      const { id } = await lastVend(supplyId);
      await post(vends, `${base}/${id}/reversal`, { reason: 'x' });
      await calmDown();
    },
  });
  expect(told).toMatchObject({ 'payment.received': 1, 'prepaid.vended': 1, 'prepaid.reversed': 1 });
});

it('free units, twice', async () => {
  const body = { freeBasicKwh: '10', freeBasicFor: ['residential'] };
  const { status } = await scene.stack.call(tenant, terms, 'PUT', '/api/billing/prepaid/terms/settings', { body });
  expect(status).toBe(200);
  const { supplyId } = await scene.addSupply();
  const told = await everyWay({
    async act() {
      await post(vends, `${base}/free-units`, { supplyId });
      await calmDown();
      await post(vends, `${base}/free-units`, { supplyId });
      await calmDown();
    },
  });
  expect(told).toMatchObject({ 'prepaid.vended': 1 });
});

it('a switch to tokens that dies after it billed goes on when it is asked for again', async () => {
  const { supplyId, meterId } = await scene.addSupply({ mode: 'postpaid' });
  await scene.stack.read(tenant, meterId, [
    ['2026-06-01T00:00', 100],
    ['2026-06-11T00:00', 150],
  ]);
  const arrears = { instalment: { type: 'share', percent: '25' } };
  const told = await everyWay({
    async act() {
      await post(switches, '/api/billing/prepaid/switches/to-prepaid', { supplyId, on: '2026-06-11', arrears });
    },
    breakages: ['died'],
    breaks: 8,
  });
  expect(told).toMatchObject({ 'supply.started': 1, 'invoice.created': 1 });
});

it('a switch to tokens with a debt, and back to bills', async () => {
  const { supplyId, meterId } = await scene.addSupply({ mode: 'postpaid' });
  await scene.stack.read(tenant, meterId, [
    ['2026-06-01T00:00', 100],
    ['2026-06-11T00:00', 150],
  ]);
  const told = await everyWay({
    breaks: 2,
    doubles: 1,
    async act() {
      const arrears = { instalment: { type: 'share', percent: '25' } };
      await post(switches, '/api/billing/prepaid/switches/to-prepaid', { supplyId, on: '2026-06-11', arrears });
      await calmDown();
      const query = { meterId };
      const all = (await billing.ask(tenant, supplies, 'GET', '/api/billing/supplies', { query })).body.data;
      const { id: next } = all.find(({ mode, to }: any) => mode === 'prepaid' && to === undefined);
      await buy(next, '2000');
      await calmDown();
      await post(switches, '/api/billing/prepaid/switches/to-postpaid', { supplyId: next, remainingKwh: '5.0' });
      await calmDown();
    },
  });
  expect(told).toMatchObject({
    'supply.started': 2,
    'invoice.created': 1,
    'prepaid.vended': 2,
    'prepaid.credit_returned': 1,
  });
});
