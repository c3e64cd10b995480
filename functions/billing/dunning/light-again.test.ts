/** Light comes back by one order when nothing speaks for keeping it off any more, at once or the next morning. */
import { describe, expect, it, vi } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { meterEntity } from '../../metering/meters/meter-entity.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { cutting, type Debtor, type DunningScene, useCuttingScene } from '../test-support/dunning-scene.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';

const stack = useBillingStack();
let tenant: string;
let scene: DunningScene;
useCuttingScene(stack, 'light', (made) => {
  ({ tenant, scene } = made);
});

/** Cut for debt, and nothing left to do. */
async function cutOff(): Promise<Debtor> {
  await scene.needApproval(false);
  const debtor = await scene.debtor();
  await scene.dun(debtor);
  await scene.calmDown(debtor);
  expect(debtor.isLit).toBe(false);
  return debtor;
}

describe('who was cut for debt', () => {
  it.each<[string, (debtor: Debtor) => Promise<unknown>]>([
    ['has paid', ({ customerId }) => scene.pay(customerId, '1000')],
    [
      'was billed wrongly',
      ({ invoiceId }) =>
        stack.call(tenant, invoices, 'POST', `/api/billing/invoices/${invoiceId}/cancel`, {
          body: { reason: 'Wrong' },
        }),
    ],
    ['turned out to be protected', ({ customerId }) => scene.change(customerId, { isProtected: true })],
    ['was given time', ({ customerId }) => scene.change(customerId, { graceUntil: '2026-07-01' })],
    [
      'has left to somebody who owes nothing',
      async ({ supplyId, meterId }) => {
        await scene.moveOut(supplyId, '2026-06-15');
        await scene.moveIn(await scene.addCustomer(), meterId, '2026-06-15');
      },
    ],
  ])('and %s has light again, by one order', async (_, happen) => {
    const debtor = await cutOff();
    await happen(debtor);
    await Promise.all([scene.deliver(), scene.deliver()]);
    await scene.calmDown(debtor);
    expect(debtor.isLit).toBe(true);
    expect(await scene.kindsOf(debtor)).toEqual(['reconnect confirmed', 'disconnect confirmed']);
  });

  it('and has paid while another order was open has light when that one has come to its end', async () => {
    const debtor = await cutOff();
    await scene.needApproval(true);
    const { body } = await scene.order(debtor, 'disconnect');
    await scene.pay(debtor.customerId, '1000');
    await scene.calmDown(debtor);
    expect(debtor.isLit).toBe(false);
    expect((await scene.reject(body.data.id)).status).toBe(200);
    await scene.calmDown(debtor);
    expect(debtor.isLit).toBe(true);
  });

  it('stays dark while anything is overdue, in whatever currency', async () => {
    const debtor = await cutOff();
    await oweInvoice(tenant, debtor.customerId, '5.00', { dueDate: '2026-05-20', currency: 'USD' });
    await scene.pay(debtor.customerId, '5', { currency: 'USD' });
    await scene.pay(debtor.customerId, '999');
    await scene.calmDown(debtor);
    expect(debtor.isLit).toBe(false);
  });

  it('has light below the least debt where the policy says so', async () => {
    const debtor = await cutOff();
    await scene.setPolicy({ ...cutting, reconnectWhen: 'below_minimum' });
    await scene.pay(debtor.customerId, '901');
    await scene.calmDown(debtor);
    expect(debtor.isLit).toBe(true);
  });
});

describe('light that cannot be given back at once', () => {
  it('at one meter does not keep the other dark', async () => {
    await scene.needApproval(false);
    const debtor = await scene.debtor();
    const others = [await scene.addMeter(debtor), await scene.addMeter(debtor)];
    await scene.dun(debtor);
    for (const one of [debtor, ...others]) await scene.calmDown(one);
    const session = openSession(tenant);
    const meter = await session.require(meterEntity, { id: debtor.meterId });
    await session.transact('metering', (unit) => unit.update(meterEntity, meter, { status: 'retired' }));
    await scene.pay(debtor.customerId, '1000');
    for (const one of others) await scene.calmDown(one);
    expect(others).toMatchObject([{ isLit: true }, { isLit: true }]);
    expect(await scene.deliver()).toBe(0);
  });

  it('since the broker refuses, comes the next morning, and is not asked for all day', async () => {
    const debtor = await cutOff();
    stack.brokerAnswers(403);
    await scene.pay(debtor.customerId, '1000');
    for (let i = 0; i < 3; i++) {
      await scene.deliver();
      await stack.workOffCommands(200);
    }
    stack.brokerAnswers(200);
    expect(await scene.kindsOf(debtor)).toEqual(['reconnect failed', 'disconnect confirmed']);
    await scene.nextMorning();
    await scene.calmDown(debtor);
    expect(debtor.isLit).toBe(true);
  });

  it('since the meter is deaf, is asked for again the next morning, and not after that', async () => {
    const debtor = await cutOff();
    await scene.pay(debtor.customerId, '1000');
    await scene.deliver();
    await stack.workOffCommands(250);
    expect((await scene.kindsOf(debtor))[0]).toBe('reconnect timed_out');
    scene.wasDeaf(debtor);
    await scene.nextMorning();
    await scene.calmDown(debtor);
    expect(debtor.isLit).toBe(true);
    await scene.nextMorning();
    expect(await scene.kindsOf(debtor)).toEqual(['reconnect confirmed', 'reconnect timed_out', 'disconnect confirmed']);
  });

  it('for somebody who moves in on another day comes on the morning of that day, and an empty house stays off', async () => {
    const debtor = await cutOff();
    await scene.moveOut(debtor.supplyId, '2026-06-15');
    await scene.moveIn(await scene.addCustomer(), debtor.meterId, '2026-06-17');
    await scene.calmDown(debtor);
    await scene.nextMorning();
    await scene.calmDown(debtor);
    expect(await scene.kindsOf(debtor)).toEqual(['disconnect confirmed']);
    vi.setSystemTime(Date.UTC(2026, 5, 17, 4));
    await scene.nextMorning();
    await scene.calmDown(debtor);
    expect(debtor.isLit).toBe(true);
  });

  it('stays off in the morning where there is debt', async () => {
    const debtor = await cutOff();
    await scene.nextMorning();
    await scene.calmDown(debtor);
    expect(await scene.kindsOf(debtor)).toEqual(['disconnect confirmed']);
  });
});
