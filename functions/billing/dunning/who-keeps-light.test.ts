/** Weeks may lie between a debt and its disconnection: nobody is cut for what is not, or no longer, theirs to owe. */
import { describe, expect, it, vi } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { commandQueue } from '../commands/command-queue.ts';
import { requestCommand } from '../commands/request-command.ts';
import { sendCommand } from '../commands/send-command.ts';
import { makeAgreement } from '../prepaid/make-agreement.ts';
import { supplyEntity } from '../supplies/supply-entity.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { cutting, type Debtor, type DunningScene, useCuttingScene } from '../test-support/dunning-scene.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { reasonOf } from './ask-disconnection.ts';
import { dunPage } from './dun-tenant.ts';
import { dunningSubject, overdueAmounts } from './overdue-debt.ts';

const stack = useBillingStack();
let tenant: string;
let scene: DunningScene;
useCuttingScene(stack, 'keep', (made) => {
  ({ tenant, scene } = made);
});

/** Ordered and approved, not sent. */
async function approved(): Promise<Debtor> {
  const debtor = await scene.debtor();
  await scene.dun(debtor);
  await scene.deliver();
  expect(await scene.approve(debtor)).toBe(200);
  return debtor;
}

describe('an approved disconnection is not sent', () => {
  it.each<[string, string, (debtor: Debtor) => Promise<unknown>]>([
    [
      'when the payment came whose event is still on its way',
      'Paid',
      ({ customerId }) => scene.pay(customerId, '1000'),
    ],
    ['when what is left is less than it is done for', 'Paid', ({ customerId }) => scene.pay(customerId, '950')],
    [
      'to a customer who is protected by now',
      'The customer is protected',
      ({ customerId }) => scene.change(customerId, { isProtected: true }),
    ],
    [
      'to a supply that became prepaid',
      'The supply is prepaid',
      async ({ supplyId }) => {
        const session = openSession(tenant);
        const supply = await session.require(supplyEntity, { id: supplyId });
        await session.transact('billing', (unit) => unit.update(supplyEntity, supply, { mode: 'prepaid' }));
      },
    ],
    [
      'to one who was given time',
      'The customer was given time',
      ({ customerId }) => scene.change(customerId, { graceUntil: '2026-07-01' }),
    ],
    [
      'to one who moved out',
      'The customer does not have the meter any more',
      ({ supplyId }) => scene.moveOut(supplyId, '2026-06-15'),
    ],
    [
      'to whoever moved in meanwhile',
      'The customer does not have the meter any more',
      async ({ supplyId, meterId }) => {
        await scene.moveOut(supplyId, '2026-06-15');
        await scene.moveIn(await scene.addCustomer(), meterId, '2026-06-15');
      },
    ],
  ])('%s', async (_, outcome, happen) => {
    const debtor = await approved();
    await happen(debtor);
    await scene.send(debtor);
    expect(debtor.isLit).toBe(true);
    expect(await scene.commandsOf(debtor.meterId)).toMatchObject([{ status: 'cancelled', outcome, attempts: 0 }]);
  });

  it('but it is where enough is left', async () => {
    const debtor = await approved();
    await scene.pay(debtor.customerId, '850');
    await scene.calmDown(debtor);
    expect(debtor.isLit).toBe(false);
  });

  it('and is not repeated when the debt was paid before the meter answered', async () => {
    const debtor = await approved();
    await stack.workOffCommands(0);
    await scene.pay(debtor.customerId, '1000');
    await stack.workOffCommands(70);
    expect(await scene.commandsOf(debtor.meterId)).toMatchObject([
      { status: 'timed_out', outcome: 'Paid', attempts: 1 },
    ]);
    await scene.calmDown(debtor);
    expect(debtor.isLit).toBe(true);
  });
});

describe('nobody is asked to be cut', () => {
  it('for the debt of whoever moves in next month', async () => {
    const present = await scene.debtor();
    await scene.pay(present.customerId, '1000');
    await scene.moveOut(present.supplyId, '2026-07-01');
    const next = await scene.addCustomer();
    await scene.moveIn(next, present.meterId, '2026-07-01');
    const theirs = { invoiceId: (await oweInvoice(tenant, next, '1000.00', { dueDate: '2026-05-20' })).id };
    await scene.dun(theirs);
    expect(await scene.commandsOf(present.meterId)).toEqual([]);
    expect(await scene.logOf(next)).toMatchObject([{ action: 'disconnect', disconnection: { meters: [] } }, {}]);
  });

  it('who does not have the meter by now, whatever a list says that lags', async () => {
    const { meterId, customerId } = await scene.debtor();
    const order = { meterId, command: 'disconnect', reason: 'Unpaid' } as const;
    const other = await scene.addCustomer();
    await expect(requestCommand(openSession(tenant), order, dunningSubject, other)).rejects.toThrow();
    expect(await requestCommand(openSession(tenant), order, dunningSubject, customerId)).toMatchObject({ customerId });
  });

  it('who has announced to move out is still a debtor until then', async () => {
    const debtor = await scene.debtor();
    await scene.moveOut(debtor.supplyId, '2026-07-01');
    await scene.dun(debtor);
    expect(await scene.kindsOf(debtor)).toEqual(['disconnect requested']);
  });

  it('at a prepaid meter, whose tokens bring the debt in', async () => {
    const debtor = await scene.debtor({ mode: 'prepaid' });
    await scene.dun(debtor);
    expect(await scene.kindsOf(debtor)).toEqual([]);
  });

  it('for what an agreement pays in instalments, nor charged a fee for it, until there is more', async () => {
    const fee = { id: 'fee', afterDays: 1, action: 'late_fee', fee: { type: 'amount', amount: '5' } };
    await scene.setPolicy({ isActive: true, steps: [fee, ...cutting.steps] });
    const debtor = await scene.debtor();
    await makeAgreement(openSession(tenant), {
      customerId: debtor.customerId,
      amount: '1000',
      instalment: { type: 'fixed', amount: '50' },
    });
    await scene.dun(debtor);
    expect(await scene.kindsOf(debtor)).toEqual([]);
    expect(await overdueAmounts(openSession(tenant), debtor.customerId, '2026-06-15')).toEqual(
      new Map([['YER', 100_000n]]),
    );
    const { id: invoiceId } = await oweInvoice(tenant, debtor.customerId, '200.00', { dueDate: '2026-05-25' });
    await scene.dun({ invoiceId });
    expect(await scene.kindsOf(debtor)).toEqual(['disconnect requested']);
  });

  it('on the day it is due: a policy that would is refused', async () => {
    for (const action of ['disconnect', 'late_fee'])
      for (const afterDays of [0, -3]) {
        const step = { id: 'early', afterDays, action, fee: { type: 'amount', amount: '5' } };
        expect((await scene.setPolicy({ isActive: true, steps: [step] })).status).toBe(400);
      }
  });
});

it('a look at a debt that died after its order names that order in the log', async () => {
  const { customerId, meterId, invoiceId } = await scene.debtor();
  const session = openSession(tenant);
  const { id } = await requestCommand(
    session,
    { meterId, command: 'disconnect', reason: reasonOf('cut') },
    dunningSubject,
    customerId,
  );
  await scene.dun({ invoiceId });
  expect((await scene.logOf(customerId))[0].disconnection).toEqual({
    meters: [{ meterId, outcome: 'requested', commandId: id }],
  });
});

describe('times in which nobody is cut', () => {
  const spared = { weekdays: [5, 6], days: ['2026-06-17'], hours: { from: '08:00', to: '14:00' } };
  /** Hours of Aden. */
  const at = (day: number, hour: number) => Date.UTC(2026, 5, day, hour - 3);

  it('are waited out, and a payment meanwhile counts', async () => {
    await scene.setPolicy({ ...cutting, spared });
    await scene.needApproval(false);
    vi.setSystemTime(at(15, 7));
    const [paying, silent] = [await scene.debtor(), await scene.debtor()];
    for (const debtor of [paying, silent]) await scene.dun(debtor);
    await stack.workOffCommands(0);
    await scene.pay(paying.customerId, '1000');
    await stack.workOff(commandQueue, (body) => sendCommand(JSON.parse(body)), { seconds: 4000 });
    expect(await scene.commandsOf(silent.meterId)).toMatchObject([{ status: 'timed_out', attempts: 3 }]);
    expect(await scene.kindsOf(paying)).toEqual(['disconnect cancelled']);
  });

  it('do not hold up what a person orders', async () => {
    await scene.setPolicy({ ...cutting, spared: { weekdays: [1], dayBefore: false } });
    expect((await scene.setPolicy({ ...cutting, spared: { hours: { from: '14:00', to: '14:30' } } })).status).toBe(400);
  });
});

it('a page of which nothing could be done starts no further walks when it comes again', async () => {
  const broken = 'keep-broken';
  await stack.addTenant(broken);
  for (let i = 0; i < 24; i++) await oweInvoice(broken, `cus_${i}`, '10.00', { dueDate: '2026-05-20' }).catch(() => {});
  let refused = 0;
  for (let shard = 0; shard < 16; shard++)
    for (let time = 0; time < 3; time++)
      await dunPage({ tenantId: broken, shard }, 1).catch(() => {
        refused++;
      });
  expect(refused).toBeGreaterThan(0);
  const asked: string[] = [];
  await stack.workOff('dunning', async (body) => void asked.push(body));
  expect(asked.filter((body) => body.includes(broken))).toEqual([]);
});
