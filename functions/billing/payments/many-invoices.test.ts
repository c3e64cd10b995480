/** A payment of more invoices than one transaction holds settles all of them, whoever dies or comes in between, and is taken back whole. */
import { describe, expect, it, vi } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { busBatch, makeEvent } from '../../platform/test-support/fixtures.ts';
import { readAdvance } from '../accounts/account-entity.ts';
import { cancelInvoice } from '../invoices/cancel-invoice.ts';
import { writeInvoice } from '../invoices/write-invoice.ts';
import { returnRefund } from '../refunds/return-refund.ts';
import { finishRefund, takeRefund } from '../refunds/take-refund.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { useDebtScene } from '../test-support/debt-scene.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { handler } from './handler.ts';
import { handler as onPaymentReceived } from './on-payment-received.ts';

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
const tenant = 'many';
const base = '/api/billing/payments';
const { owing, openOf, pay, reverse, paymentOf, askBack, expectAgreement } = useDebtScene(stack, tenant);
const deliver = async (id: string, times = 1) => {
  const item = stack.events('payment.received').find(({ aggregateId }) => aggregateId.S === id);
  const event = makeEvent({ type: 'payment.received', tenantId: tenant, payload: JSON.parse(item.payload.S) });
  const { batchItemFailures } = await onPaymentReceived(busBatch(Array.from({ length: times }, () => event)));
  expect(batchItemFailures).toEqual([]);
};

describe('a payment of very many invoices', () => {
  it('settles all seventy, the longest due first, and keeps the rest', async () => {
    const customerId = await owing(70);
    const paid = stack.events('invoice.paid').length;
    const { status, body } = await pay(customerId, '705');
    expect(status).toBe(201);
    expect(body.data.allocations).toHaveLength(70);
    expect(body.data).toMatchObject({ advanceAmount: '5.00', status: 'received' });
    expect(body.data.stillSettles).toBeUndefined();
    expect(await expectAgreement(customerId)).toEqual({ open: 0, balance: '-5.00', advance: '5.00' });
    expect(stack.events('invoice.paid').length - paid).toBe(70);
    expect((await reverse(body.data.id)).status).toBe(200);
    expect(await expectAgreement(customerId)).toEqual({ open: 70, balance: '700.00', advance: '0.00' });
  });

  it('that reaches for a part of them stops in the middle of one', async () => {
    const customerId = await owing(40);
    const { allocations } = (await pay(customerId, '333')).body.data;
    expect(allocations).toHaveLength(34);
    expect(allocations.at(-1).amount).toBe('3.00');
    expect(await expectAgreement(customerId)).toEqual({ open: 7, balance: '67.00', advance: '0.00' });
  });

  it('whose request dies after the first of them is gone on with by its event, once', async () => {
    const customerId = await owing(40);
    request.dies = true;
    const { id, allocations, advanceAmount } = (await pay(customerId, '400')).body.data;
    request.dies = false;
    expect([allocations.length, advanceAmount]).toEqual([14, '260.00']);
    const halfWay = async (query: object = {}) =>
      (await stack.call(tenant, handler, 'GET', base, { query: { isHalfWay: 'true', customerId, ...query } })).body
        .data;
    expect((await halfWay()).map((one: any) => one.id)).toEqual([id]);
    expect([await halfWay({ method: 'card' }), await halfWay({ to: '2026-01-01T00:00:00Z' })]).toEqual([[], []]);
    expect((await expectAgreement(customerId)).open).toBe(26);
    await Promise.all([deliver(id, 2), deliver(id)]);
    expect((await paymentOf(id)).allocations).toHaveLength(40);
    expect(await expectAgreement(customerId)).toEqual({ open: 0, balance: '0.00', advance: '0.00' });
    await deliver(id);
    expect((await paymentOf(id)).allocations).toHaveLength(40);
    expect(await halfWay()).toEqual([]);
  });

  it('uses no money of another payment that waits', async () => {
    const customerId = await owing(20);
    const { allocations: early } = (await pay(customerId, '20')).body.data;
    for (const { invoiceId } of early) await cancelInvoice(openSession(tenant), invoiceId, { reason: 'x' });
    const { allocations, advanceAmount } = (await pay(customerId, '175')).body.data;
    expect([allocations.length, allocations.at(-1).amount, advanceAmount]).toEqual([18, '5.00', '0.00']);
    expect(await expectAgreement(customerId)).toEqual({ open: 1, balance: '-15.00', advance: '20.00' });
  });

  it('settles with what an invoice left that was made before it went on', async () => {
    const customerId = await owing(20);
    request.dies = true;
    const { id } = (await pay(customerId, '200')).body.data;
    request.dies = false;
    await oweInvoice(tenant, customerId, '25.00');
    await deliver(id);
    expect((await paymentOf(id)).allocations.at(-1)).toMatchObject({ amount: '5.00' });
    expect(await expectAgreement(customerId)).toEqual({ open: 3, balance: '25.00', advance: '0.00' });
  });

  it('settles none that was cancelled before it went on', async () => {
    const customerId = await owing(20);
    request.dies = true;
    const { id, stillSettles } = (await pay(customerId, '200')).body.data;
    request.dies = false;
    await cancelInvoice(openSession(tenant), stillSettles[0], { reason: 'x' });
    await deliver(id);
    expect(await paymentOf(id)).toMatchObject({ advanceAmount: '10.00' });
    expect(await expectAgreement(customerId)).toEqual({ open: 0, balance: '-10.00', advance: '10.00' });
  });

  it('twice at once settles each invoice once; the second is an advance', async () => {
    const customerId = await owing(40);
    const answers = await Promise.all([pay(customerId, '400'), pay(customerId, '400')]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(await expectAgreement(customerId)).toEqual({ open: 0, balance: '-400.00', advance: '400.00' });
  });

  it('is taken back before it is through, and then settles nothing more', async () => {
    const customerId = await owing(40);
    request.dies = true;
    const { id } = (await pay(customerId, '400')).body.data;
    request.dies = false;
    await Promise.all([reverse(id), deliver(id)]);
    await reverse(id);
    await deliver(id);
    expect(await paymentOf(id)).toMatchObject({ status: 'reversed' });
    expect(await expectAgreement(customerId)).toEqual({ open: 40, balance: '400.00', advance: '0.00' });
  });

  it('is taken back together with what very many later invoices had of it', async () => {
    const customerId = await owing(4);
    const { id } = (await pay(customerId, '235')).body.data;
    for (let i = 0; i < 20; i++) await oweInvoice(tenant, customerId, '10.00');
    expect(await expectAgreement(customerId)).toEqual({ open: 1, balance: '5.00', advance: '0.00' });
    expect((await reverse(id)).status).toBe(200);
    expect(await expectAgreement(customerId)).toEqual({ open: 24, balance: '240.00', advance: '0.00' });
  });

  describe.each<[string, (id: string) => Promise<unknown>]>([
    ['reversed', reverse],
    ['given back', async (id) => takeRefund(openSession(tenant), (await askBack(id)).id, { handedOverBy: 'usr_1' })],
  ])('while it is %s', (_, takeBack) => {
    it('gives nothing to an invoice that is made meanwhile', async () => {
      const customerId = await owing(40);
      const { id } = (await pay(customerId, '400')).body.data;
      request.between = async () => void (await oweInvoice(tenant, customerId, '50.00'));
      await takeBack(id);
      expect((await paymentOf(id)).status).not.toBe('received');
      expect((await paymentOf(id)).takingBack).toBeUndefined();
      expect(await expectAgreement(customerId)).toEqual({ open: 41, balance: '450.00', advance: '0.00' });
    });

    it('and whoever does it dies, is so by who asks again', async () => {
      const customerId = await owing(40);
      const { id } = (await pay(customerId, '405')).body.data;
      request.between = () => Promise.reject(new Error('The function was stopped.'));
      await reverse(id);
      expect(await paymentOf(id)).toMatchObject({ status: 'received', takingBack: '280.00' });
      await takeBack(id);
      expect(await expectAgreement(customerId)).toEqual({ open: 40, balance: '400.00', advance: '0.00' });
    });
  });

  it('is reversed by the same request again, key and all, when that died half way', async () => {
    const customerId = await owing(40);
    const { id } = (await pay(customerId, '400')).body.data;
    const ask = () =>
      stack.call(tenant, handler, 'POST', `${base}/${id}/reverse`, {
        body: { reason: 'x' },
        headers: { 'idempotency-key': 'once' },
      });
    request.between = () => Promise.reject(new Error('The function was stopped.'));
    expect((await ask()).status).toBe(500);
    expect((await ask()).status).toBe(200);
    expect((await ask()).body.data).toMatchObject({ status: 'reversed' });
  });

  it('settles them again when taking it back is refused half way', async () => {
    const customerId = await owing(40);
    const { id } = (await pay(customerId, '400')).body.data;
    request.between = async () => void (await askBack(id, '30'));
    expect((await reverse(id)).status).toBe(409);
    expect((await paymentOf(id)).allocations).toHaveLength(40);
    expect((await paymentOf(id)).takingBack).toBeUndefined();
    expect(await expectAgreement(customerId)).toEqual({ open: 0, balance: '0.00', advance: '0.00' });
  });

  it('is given back although a reversal is refused at that moment, which undoes nothing of it', async () => {
    const customerId = await owing(40);
    const { id } = (await pay(customerId, '400')).body.data;
    const refund = await askBack(id);
    const paid = stack.events('invoice.paid').length;
    request.between = async () => void expect((await reverse(id)).status).toBe(409);
    await takeRefund(openSession(tenant), refund.id, { handedOverBy: 'usr_1' });
    expect(await paymentOf(id)).toMatchObject({ status: 'refunded' });
    expect(await expectAgreement(customerId)).toEqual({ open: 40, balance: '400.00', advance: '0.00' });
    expect(stack.events('invoice.paid')).toHaveLength(paid);
  });

  it('is given back in two halves at once', async () => {
    const customerId = await owing(70);
    const { id } = (await pay(customerId, '700')).body.data;
    const [first, second] = [await askBack(id, '350'), await askBack(id, '350')];
    const take = (one: { id: string }) => takeRefund(openSession(tenant), one.id, { handedOverBy: 'usr_1' });
    request.between = async () => void (await take(second));
    await take(first);
    expect(await paymentOf(id)).toMatchObject({ status: 'refunded' });
    expect(await expectAgreement(customerId)).toEqual({ open: 70, balance: '700.00', advance: '0.00' });
  });

  it.each<[string, typeof returnRefund, number]>([
    ['done', finishRefund, 20],
    ['failed too', returnRefund, 0],
  ])(
    'of which two refunds are under way settles again what the second took, whose giving back failed, the first being %s',
    async (_, end, open) => {
      const customerId = await owing(40);
      const { id } = (await pay(customerId, '400')).body.data;
      const session = openSession(tenant);
      const [first, second] = [await askBack(id, '200'), await askBack(id, '200')];
      for (const one of [first, second]) await takeRefund(session, one.id);
      await end(session, first.id, 'x');
      await returnRefund(session, second.id, 'Account closed');
      expect((await paymentOf(id)).owedAgain).toBeUndefined();
      expect(await expectAgreement(customerId)).toEqual({
        open,
        balance: `${open * 10}.00`.padStart(4, '0'),
        advance: '0.00',
      });
    },
  );

  it('of which a part is given back after a reversal that died has the rest again', async () => {
    const customerId = await owing(40);
    const { id } = (await pay(customerId, '400')).body.data;
    request.between = () => Promise.reject(new Error('The function was stopped.'));
    await reverse(id);
    await takeRefund(openSession(tenant), (await askBack(id, '30')).id, { handedOverBy: 'usr_1' });
    expect((await paymentOf(id)).takingBack).toBeUndefined();
    // The longest due are settled first again.
    const days = (await openOf(customerId)).map(({ dueDate }) => dueDate);
    expect(days).toEqual(['2025-02-07', '2025-02-08', '2025-02-09']);
    expect(await expectAgreement(customerId)).toEqual({ open: 3, balance: '30.00', advance: '0.00' });
  });

  it('is given back whole, and settles them again should giving it back fail', async () => {
    const customerId = await owing(40);
    const { id } = (await pay(customerId, '400')).body.data;
    const asked = async () => (await askBack(id)).id;
    const session = openSession(tenant);
    const first = await asked();
    await takeRefund(session, first);
    expect(await expectAgreement(customerId)).toEqual({ open: 40, balance: '400.00', advance: '0.00' });
    await returnRefund(session, first, 'Account closed');
    expect(await expectAgreement(customerId)).toEqual({ open: 0, balance: '0.00', advance: '0.00' });
    expect((await paymentOf(id)).allocations).toHaveLength(40);
    await takeRefund(session, await asked(), { handedOverBy: 'usr_1' });
    expect(await expectAgreement(customerId)).toEqual({ open: 40, balance: '400.00', advance: '0.00' });
    expect((await paymentOf(id)).owedAgain).toBeUndefined();
  });
});

it('an invoice that is named twice is settled once', async () => {
  const customerId = await owing(1);
  const [invoice] = await openOf(customerId);
  const { status, body } = await pay(customerId, '15', { invoiceIds: [invoice!.id, invoice!.id] });
  expect([status, body.data.allocations.length, body.data.advanceAmount]).toEqual([201, 1, '5.00']);
});

describe('a payment and an invoice that do not know of each other', () => {
  it('are not both written: the invoice that read no money looks again', async () => {
    const customerId = await owing(1);
    const session = openSession(tenant);
    const [model] = await openOf(customerId);
    const advance = await readAdvance(session, customerId, 'YER');
    await pay(customerId, '30');
    const late = { ...model!, id: `inv_${'Z'.repeat(26)}`, invoiceNumber: 'late', status: 'issued' as const };
    await expect(
      session.transact('billing', (unit) => writeInvoice(unit, late, advance, session.context.now())),
    ).rejects.toMatchObject({ code: 'version_conflict' });
  });

  it('at the same time leave no invoice open beside money that could have paid it', async () => {
    for (let round = 0; round < 6; round++) {
      const customerId = await owing(0);
      const owe = async (): Promise<unknown> => {
        try {
          return await oweInvoice(tenant, customerId, '25.00');
        } catch (error) {
          if ((error as { code?: string }).code !== 'version_conflict') throw error;
          return owe();
        }
      };
      await Promise.all([pay(customerId, '25'), owe()]);
      expect(await expectAgreement(customerId)).toEqual({ open: 0, balance: '0.00', advance: '0.00' });
    }
  });
});
