/**
 * Whatever a prepaid customer, the vendor, the bank and the office do, in whatever order: of all money that is here each unit is
 * debt paid, something sold, kept for the next purchase, or an advance; and the balance is the sum of its entries and what is open
 * less what is paid ahead.
 */
import fc from 'fast-check';
import { beforeAll, expect, it, vi } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { localDate } from '../../../layers/metering/time-zone.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import { readEntries } from '../accounts/account-entity.ts';
import { minorOf } from '../invoices/invoice-amounts.ts';
import { findOfCustomer } from '../invoices/list-of-customer.ts';
import { handler as payments } from '../payments/handler.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { type PrepaidSupply, usePrepaidScene } from '../test-support/prepaid-scene.ts';
import { readPrepaidAccount } from './prepaid-account.ts';
import { listVends } from './request-vend.ts';
import { handler as switches } from './switch-handler.ts';
import { handler as terms } from './terms-handler.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

const tenant = 'sequence';
const zone = 'Asia/Aden';
const scene = usePrepaidScene(tenant);
const runs = 5;

beforeAll(async () => {
  const body = { freeBasicKwh: '5.0', freeBasicFor: ['residential'], maxAttempts: 3 };
  await scene.stack.call(tenant, terms, 'PUT', '/api/billing/prepaid/terms/settings', { body });
});

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('buy' as const),
      minor: fc.integer({ min: 30_000, max: 500_000 }),
      vendor: fc.constantFrom('ok', 'ok', 'ok', 'reject', 'lose_answer', 'error'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reverse token' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('owe' as const), minor: fc.integer({ min: 1, max: 200_000 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pay' as const), minor: fc.integer({ min: 1, max: 300_000 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('take back' as const),
      which: fc.nat(20),
      becomesDebt: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('agree' as const), percent: fc.integer({ min: 1, max: 90 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), days: fc.integer({ min: 1, max: 45 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('switch' as const), shareLeft: fc.integer({ min: 0, max: 100 }) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

interface Customer extends PrepaidSupply {
  mode: 'prepaid' | 'postpaid';
  /** Supplies that were prepaid ones. */
  prepaid: string[];
  /** What the meter's own register shows, kWh. */
  register: number;
}

const amount = (minor: number): string => `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`;
const today = (): string => localDate(Date.now(), zone);
const call = (handler: typeof payments, method: string, path: string, body?: object) =>
  scene.stack.call(tenant, handler, method, path, body === undefined ? {} : { body });
const paymentsOf = async (customerId: string): Promise<any[]> =>
  (await scene.stack.call(tenant, payments, 'GET', '/api/billing/payments', { query: { customerId, limit: '100' } }))
    .body.data;
const vendsOf = async (customerId: string) => (await listVends(openSession(tenant), customerId)).items;

/** Steps that cannot be taken now are refused, which changes nothing either. */
async function take(customer: Customer, what: Step): Promise<void> {
  const { customerId, supplyId } = customer;
  switch (what.do) {
    case 'buy': {
      if (what.vendor !== 'ok')
        scene.provider.providers.setMode('sts', { mode: what.vendor as never, times: 1, method: 'POST' });
      await scene.buy(supplyId, amount(what.minor), { method: 'cheque' });
      scene.provider.providers.setMode('sts', 'ok');
      await scene.workOff(900, 2);
      return;
    }
    case 'reverse token': {
      const last = (await vendsOf(customerId)).find(({ kind, status }) => kind === 'credit' && status === 'vended');
      if (last !== undefined) await scene.post(`/${last.id}/reversal`, { reason: 'x' });
      await scene.workOff(120);
      return;
    }
    case 'owe':
      await oweInvoice(tenant, customerId, amount(what.minor), { issueDate: today(), dueDate: today() });
      return;
    case 'pay': {
      const body = { customerId, amount: amount(what.minor), method: 'cash' };
      await call(payments, 'POST', '/api/billing/payments', body);
      return;
    }
    case 'take back': {
      const good = (await paymentsOf(customerId)).filter(({ status }) => status === 'received');
      const one = good[what.which % Math.max(good.length, 1)];
      const body = { reason: 'x', becomesDebt: what.becomesDebt };
      if (one !== undefined) await call(payments, 'POST', `/api/billing/payments/${one.id}/reverse`, body);
      return;
    }
    case 'agree': {
      const body = { customerId, amount: '500', instalment: { type: 'share', percent: String(what.percent) } };
      await call(terms, 'POST', '/api/billing/prepaid/terms/arrears-agreements', body);
      return;
    }
    case 'wait':
      scene.stack.advance(what.days * 86_400_000);
      return;
    case 'switch':
      return switchMode(customer, what.shareLeft);
  }
}

async function switchMode(customer: Customer, shareLeft: number): Promise<void> {
  const { supplyId, customerId, meterId } = customer;
  const base = '/api/billing/prepaid/switches';
  const on = today();
  // The register is read at the beginning of the day of each switch, so that what lies between is billed.
  customer.register += 40;
  await scene.stack.read(tenant, meterId, [[`${on}T00:00`, customer.register]]).catch(() => undefined);
  if (customer.mode === 'prepaid') {
    const last = (await vendsOf(customerId)).find((vend) => vend.supplyId === supplyId && vend.status === 'vended');
    const left = (Number(last?.parts?.energyKwh ?? 0) * shareLeft) / 100;
    const { status, body } = await call(switches, 'POST', `${base}/to-postpaid`, {
      supplyId,
      remainingKwh: (Math.floor(left * 10) / 10).toFixed(1),
    });
    if (status === 200) Object.assign(customer, { mode: 'postpaid', supplyId: body.data.supply.id });
    await scene.workOff(60);
    return;
  }
  const arrears = { instalment: { type: 'share', percent: '30' } };
  const { status, body } = await call(switches, 'POST', `${base}/to-prepaid`, {
    supplyId,
    on,
    mayEstimate: true,
    arrears,
  });
  if (status !== 200) return;
  Object.assign(customer, { mode: 'prepaid', supplyId: body.data.supply.id });
  customer.prepaid.push(customer.supplyId);
}

const invoicesOf = (customerId: string) => findOfCustomer(openSession(tenant), customerId);

const sum = <T>(of: readonly T[], minor: (one: T) => bigint): bigint =>
  of.reduce((total, one) => total + minor(one), 0n);
const yer = (text: string | undefined): bigint => minorOf(text ?? '0', 'YER');

async function expectNothingLost({ customerId, prepaid }: Customer): Promise<void> {
  const session = openSession(tenant);
  const [all, vends, invoices, entries] = await Promise.all([
    paymentsOf(customerId),
    vendsOf(customerId),
    invoicesOf(customerId),
    readEntries(session, customerId, '2999-12-31'),
  ]);
  const made = vends.filter(({ parts }) => parts !== undefined);
  for (const { parts } of made)
    expect(yer(parts!.amount) + yer(parts!.carriedIn)).toBe(
      yer(parts!.arrearsAmount) + yer(parts!.chargedAmount) + yer(parts!.carriedOut),
    );
  const accounts = await Promise.all(prepaid.map((id) => readPrepaidAccount(session, id)));
  const isSwitched = entries.some(({ type }) => type === 'prepaid_credit');
  const returned = (isSwitched ? scene.stack.events('prepaid.credit_returned') : [])
    .map(({ payload }) => JSON.parse(payload.S))
    .filter((event) => event.customerId === customerId);
  const { balance = '0', advance = '0' } = (await scene.balance(customerId)) ?? {};

  const here = sum(
    all.filter(({ status }) => status !== 'reversed'),
    (payment) => yer(payment.amount),
  );
  const debtsPaid = sum(invoices, ({ paidAmount }) => yer(paidAmount));
  // What bounced is owed in its place: that debt is no money, and what it stands for is sold or paid already.
  const owedInPlace = sum(
    invoices.filter(({ kind }) => kind === 'returned_payment'),
    ({ totalAmount }) => yer(totalAmount),
  );
  const sold = sum(
    vends.filter(({ status }) => status === 'vended'),
    ({ parts }) => yer(parts?.chargedAmount),
  );
  const givenBack = sum(returned, ({ energyAmount, fixedAmount, taxAmount }) =>
    sum([energyAmount, fixedAmount, taxAmount], yer),
  );
  const carried = sum(accounts, (account) => BigInt(account?.carried ?? '0'));
  expect(here).toBe(debtsPaid - owedInPlace + sold - givenBack + carried + yer(advance));

  expect(yer(balance)).toBe(sum(entries, ({ minor }) => BigInt(minor)));
  expect(yer(balance)).toBe(sum(invoices, ({ dueAmount }) => yer(dueAmount)) - yer(advance));
  // Nothing stands half-way once everything is quiet.
  expect(vends.filter(({ status }) => !['vended', 'failed', 'reversed'].includes(status))).toEqual([]);
}

it('of a prepaid customer’s money every unit is somewhere, once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
      const from = addDays(today(), -3);
      const supply = await scene.addSupply({ from }, { type: 'residential' });
      const customer: Customer = { ...supply, mode: 'prepaid', prepaid: [supply.supplyId], register: 0 };
      await scene.stack.read(tenant, supply.meterId, [[`${from}T00:00`, 0]]);
      for (const one of steps) {
        await take(customer, one);
        await expectNothingLost(customer);
      }
    }),
    { numRuns: runs },
  );
}, 120_000);

it('a token whose cheque bounced, paid for again, taken back and followed by a switch is told apart to the unit', async () => {
  const from = addDays(today(), -3);
  const supply = await scene.addSupply({ from }, { type: 'residential' });
  const customer: Customer = { ...supply, mode: 'prepaid', prepaid: [supply.supplyId], register: 0 };
  await scene.stack.read(tenant, supply.meterId, [[`${from}T00:00`, 0]]);
  const script: Step[] = [
    { do: 'buy', minor: 300_000, vendor: 'ok' },
    { do: 'take back', which: 0, becomesDebt: true },
    { do: 'pay', minor: 120_000 },
    { do: 'reverse token' },
    { do: 'owe', minor: 90_000 },
    { do: 'agree', percent: 40 },
    { do: 'buy', minor: 200_000, vendor: 'lose_answer' },
    { do: 'wait', days: 40 },
    { do: 'buy', minor: 100_000, vendor: 'reject' },
    { do: 'buy', minor: 150_000, vendor: 'ok' },
    { do: 'switch', shareLeft: 50 },
    { do: 'wait', days: 10 },
    { do: 'switch', shareLeft: 0 },
    { do: 'buy', minor: 150_000, vendor: 'ok' },
  ];
  const modes: string[] = [];
  for (const one of script) {
    await take(customer, one);
    await expectNothingLost(customer);
    modes.push(customer.mode);
  }
  // The switches did happen.
  expect(modes.slice(-4)).toEqual(['postpaid', 'postpaid', 'prepaid', 'prepaid']);
  expect((await vendsOf(supply.customerId)).filter(({ status }) => status === 'vended').length).toBeGreaterThan(2);
});
