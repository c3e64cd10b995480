/** A worker dies after each step of making a token: what it began is found and finished, once, and no money is lost or made. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { parseMoney } from '../../../layers/money/money.ts';
import { vendCredit } from '../../platform/contract.ts';
import { busBatch, makeEvent } from '../../platform/test-support/fixtures.ts';
import { minorOf } from '../invoices/invoice-amounts.ts';
import { customerMessageEntity, messageIdOf } from '../messages/message-entity.ts';
import { recordPayment } from '../payments/record-payment.ts';
import { usePrepaidScene } from '../test-support/prepaid-scene.ts';
import { orderResting } from './look-after-tokens.ts';
import { openVend } from './open-vend.ts';
import { readPrepaidAccount } from './prepaid-account.ts';
import { listVends, vendForPayment } from './request-vend.ts';
import { handler as sendToken } from './send-token.ts';
import { vendEntity, vendIdOf } from './vend-entity.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

const tenant = 'crash';
const scene = usePrepaidScene(tenant);
const lookAfter = () => orderResting(openSession(tenant));
const minutes = (count: number) => scene.stack.advance(count * 60_000);
const read = (id: string) => openSession(tenant).require(vendEntity, { id });
const tokensOf = (meterNumber: string) => scene.tokens().filter(({ meter_number }) => meter_number === meterNumber);

/** A payment whose token somebody asked for and nobody made. */
async function asked(amount = '1000'): Promise<{ id: string; meterNumber: string; supplyId: string }> {
  const { customerId, supplyId, meterNumber } = await scene.addSupply();
  const session = openSession(tenant);
  const order = { customerId, supplyId, amount, currency: 'YER', method: 'cash', purpose: 'prepaid' } as const;
  const payment = await recordPayment(session, order);
  await vendForPayment(session, payment.id);
  return { id: vendIdOf(payment.id), meterNumber, supplyId };
}

describe('a worker that dies', () => {
  it('before it began: the payment’s own event asks, and what rests is looked after', async () => {
    const { id, meterNumber } = await asked();
    minutes(5);
    expect(await lookAfter()).toBe(1);
    await scene.workOff(0, 2);
    expect((await read(id)).status).toBe('vended');
    expect(tokensOf(meterNumber)).toHaveLength(1);
    minutes(60);
    expect(await lookAfter()).toBe(0);
  });

  it('after it was priced: it is asked for at that price', async () => {
    const { id, meterNumber } = await asked();
    const { parts } = (await openVend(openSession(tenant), await read(id)))!;
    minutes(5);
    await lookAfter();
    await scene.workOff(0, 2);
    expect(await read(id)).toMatchObject({ status: 'vended', parts });
    expect(tokensOf(meterNumber)).toHaveLength(1);
  });

  it('after the vendor made it: the same token is kept', async () => {
    const { id, meterNumber } = await asked();
    const session = openSession(tenant);
    const { parts } = (await openVend(session, await read(id)))!;
    const { value } = await vendCredit(session, {
      meterNumber,
      reference: id,
      energyKwh: parts!.energyKwh,
      amount: parseMoney(parts!.chargedAmount, 'YER'),
    });
    minutes(5);
    await lookAfter();
    await scene.workOff(0, 2);
    expect((await read(id)).tokens).toEqual(value.tokens);
    expect(tokensOf(meterNumber)).toHaveLength(1);
  });
});

it('whatever happens, each unit of money is energy, kept for the next purchase, or the customer’s advance', async () => {
  const step = fc.record({
    amount: fc.integer({ min: 400, max: 5000 }),
    mode: fc.constantFrom('ok', 'ok', 'reject', 'lose_answer', 'error'),
    isReversed: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 3 }), async (steps) => {
      const { supplyId, customerId, meterNumber } = await scene.addSupply();
      let paid = 0n;
      for (const { amount, mode, isReversed } of steps) {
        if (mode !== 'ok') scene.provider.providers.setMode('sts', { mode: mode as never, times: 1, method: 'POST' });
        const { status, body } = await scene.buy(supplyId, String(amount));
        scene.provider.providers.setMode('sts', 'ok');
        if (status !== 201) continue;
        paid += BigInt(amount) * 100n;
        await scene.workOff(300, 2);
        if (isReversed) await scene.post(`/${body.data.id}/reversal`, { reason: 'x' });
        await scene.workOff(60);
      }
      const { items } = await listVends(openSession(tenant), customerId);
      const good = items.filter(({ status }) => status === 'vended');
      expect(items.every(({ status }) => ['vended', 'failed', 'reversed'].includes(status))).toBe(true);
      const sold = good.reduce((sum, { parts }) => sum + minorOf(parts!.chargedAmount, 'YER'), 0n);
      const kept = BigInt((await readPrepaidAccount(openSession(tenant), supplyId))?.carried ?? '0');
      const { advance = '0', balance = '0' } = (await scene.balance(customerId)) ?? {};
      expect(sold + kept + minorOf(advance, 'YER')).toBe(paid);
      expect(minorOf(balance, 'YER')).toBe(-minorOf(advance, 'YER'));
      const made = tokensOf(meterNumber);
      expect(made.length).toBe(items.filter(({ status }) => status !== 'failed').length);
    }),
    { numRuns: 5 },
  );
}, 60_000);

it('a token is sent to the customer once, in full, and the event has it masked', async () => {
  const { supplyId, customerId } = await scene.addSupply({}, { phone: '+967771234567', language: 'en' });
  const { id, tokens } = (await scene.buy(supplyId, '1000')).body.data;
  const item = scene.stack.events('prepaid.vended').at(-1);
  const event = makeEvent({ type: 'prepaid.vended', tenantId: tenant, payload: JSON.parse(item.payload.S) });
  expect((await sendToken(busBatch([event, event]))).batchItemFailures).toEqual([]);
  const key = { id: messageIdOf(`token ${id}`, 'sms') };
  const message = await openSession(tenant).require(customerMessageEntity, key);
  expect(message).toMatchObject({ customerId, template: 'prepaid_token' });
  expect(JSON.stringify(message)).toContain(tokens[0]);
  expect(item.payload.S).not.toContain(tokens[0].replaceAll(' ', ''));
  // Who works at the office reads what was sent, but cannot use the token.
  const { handler: customers } = await import('../customers/handler.ts');
  const path = `/api/billing/customers/${customerId}/messages`;
  const listed = async (permissions: string[]) =>
    (await scene.stack.call(tenant, customers, 'GET', path, { as: { permissions } })).body.data[0].text;
  expect(await listed(['billing:messages:read', 'billing:customers:read'])).toMatch(
    /Token: .?\d{4} •••• •••• •••• \d{4}/,
  );
  expect(await listed(['billing:messages:read', 'billing:prepaid:reprint'])).toContain(tokens[0]);
  // A technician's token asks for more.
  const session = openSession(tenant);
  await session.transact('billing', (unit) => unit.update(customerMessageEntity, message, { template: 'meter_token' }));
  expect(await listed(['billing:messages:read', 'billing:prepaid:reprint'])).not.toContain(tokens[0]);
  expect(await listed(['billing:messages:read', 'billing:prepaid:*'])).toContain(tokens[0]);
});
