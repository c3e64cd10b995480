/** Bills follow their readings: late, edited and awaited ones are charged or credited once, and to the last unit. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { handler as edits } from '../../metering/reading-edits/handler.ts';
import { billCustomer } from '../invoices/bill-customer.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { april, aprilReadings, bringReadings, may, meteredCustomers } from '../test-support/metered-customers.ts';
import { correctMeter } from './correct-meter.ts';
import { handler } from './handler.ts';
import { correctionQueue } from './note-late-readings.ts';

const stack = useBillingStack();
const tenant = 'cor';
const { setUp, moveTo, bill, invoicesOf, balance } = meteredCustomers(stack, tenant);
const call = (method: string, path: string, body?: object, query?: Record<string, string>) =>
  stack.call(tenant, handler, method, `/api/billing/corrections${path}`, {
    ...(body ? { body } : {}),
    ...(query ? { query } : {}),
  });
const settle = (seconds = 1000, times = 1) =>
  stack.workOff(correctionQueue, (body) => correctMeter(JSON.parse(body)), { seconds, times });
const utc = (local: string) => new Date(`${local}:00+03:00`).toISOString();
const edit = async (meterId: string, body: object) => {
  const answer = await stack.call(tenant, edits, 'POST', '/api/billing/reading-edits', {
    body: { meterId, reason: 'Photo', ...body },
    as: { permissions: ['metering:*'] },
  });
  expect(answer.status).toBe(201);
};
const notes = async (customerId: string) =>
  (await invoicesOf(customerId)).filter(({ kind }) => kind === 'difference_note').map(({ totalAmount }) => totalAmount);

beforeAll(async () => {
  await stack.addTenant(tenant);
});

describe('a bill', () => {
  it('that was estimated is put right by the next reading, by itself and once', async () => {
    const { customerId, meterId } = await setUp(aprilReadings);
    await bill(customerId);
    await bill(customerId, may, { mayEstimate: true });
    await bringReadings(stack);
    await settle();
    expect(await balance(customerId)).toBe('2440.00');
    // 155 kWh were estimated, 140 used: 15 × 8 less.
    await stack.read(tenant, meterId, [['2026-06-01T00:00', 1290]]);
    await bringReadings(stack, 2);
    await settle(1000, 2);
    expect(await notes(customerId)).toEqual(['-120.00']);
    expect(await balance(customerId)).toBe('2320.00');
    await settle(3000);
    expect(await notes(customerId)).toEqual(['-120.00']);
    const [first] = (await call('GET', '', undefined, { status: 'applied' })).body.data;
    expect(first).toMatchObject({ amount: '-120.00', meterId, causes: ['late_reading'], customerId });
  });

  it('is looked at again when more comes to a meter whose message was lost days ago', async () => {
    const { customerId, meterId } = await setUp([aprilReadings[0]!, aprilReadings[30]!]);
    await bill(customerId);
    const correct = async (from: string, to: string) => {
      const time = utc('2026-05-01T00:00');
      await edit(meterId, { action: 'correct', time, registerKwh: from, newRegisterKwh: to });
      await bringReadings(stack);
    };
    await correct('1150', '1130');
    await stack.workOff(correctionQueue, async () => undefined, { seconds: 1000 });
    stack.advance(5 * 86_400_000);
    await correct('1150', '1140');
    await settle();
    expect(await notes(customerId)).toEqual(['-80.00']);
  });

  it('is made anew once for all readings of one window, however many', async () => {
    const { customerId, meterId } = await setUp([aprilReadings[0]!, aprilReadings[30]!]);
    await bill(customerId);
    await bringReadings(stack);
    await settle();
    // What lies between moves nothing by days: no note for a difference of nothing.
    await stack.read(tenant, meterId, [['2026-04-10T00:00', 1045]]);
    await bringReadings(stack);
    await settle();
    expect(await notes(customerId)).toEqual([]);
    await edit(meterId, {
      action: 'correct',
      time: utc('2026-05-01T00:00'),
      registerKwh: '1150',
      newRegisterKwh: '1130',
    });
    await bringReadings(stack);
    await stack.workOff(correctionQueue, (body) => correctMeter(JSON.parse(body)), { seconds: 300 });
    await edit(meterId, {
      action: 'correct',
      time: utc('2026-05-01T00:00'),
      registerKwh: '1150',
      newRegisterKwh: '1140',
    });
    await bringReadings(stack);
    await settle();
    // 10 kWh less at 8.
    expect(await notes(customerId)).toEqual(['-80.00']);
    await edit(meterId, { action: 'restore', time: utc('2026-05-01T00:00'), registerKwh: '1150' });
    await bringReadings(stack);
    await settle();
    expect((await notes(customerId)).sort()).toEqual(['-80.00', '80.00']);
    expect(await balance(customerId)).toBe('1200.00');
  });

  it('of who had the meter then changes, and nobody else’s', async () => {
    const first = await setUp(aprilReadings);
    const second = await setUp([]);
    await moveTo(second, first, '2026-04-16');
    await bill(first.customerId);
    const made = await bill(second.customerId);
    expect(made.invoices[0].totalAmount).toBe('600.00');
    await bringReadings(stack);
    await settle();
    // 3 kWh move from the one to the other; each is in his second block.
    await edit(first.meterId, {
      action: 'correct',
      time: utc('2026-04-16T00:00'),
      registerKwh: '1075',
      newRegisterKwh: '1072',
    });
    await bringReadings(stack);
    await settle();
    expect(await notes(first.customerId)).toEqual(['-24.00']);
    expect(await notes(second.customerId)).toEqual(['24.00']);
  });

  it('made while a late reading came is found all the same', async () => {
    const { customerId, meterId } = await setUp([aprilReadings[0]!, aprilReadings[30]!]);
    const session = openSession(tenant);
    // The run has read the readings; before it writes the invoice, the correction arrives and is noted.
    const transact = session.transact.bind(session);
    session.transact = async (table, work) => {
      session.transact = transact;
      await edit(meterId, {
        action: 'correct',
        time: utc('2026-05-01T00:00'),
        registerKwh: '1150',
        newRegisterKwh: '1140',
      });
      await bringReadings(stack);
      return transact(table, work);
    };
    await billCustomer(session, customerId, {
      period: april,
      timeZone: 'Asia/Aden',
      mayEstimate: false,
      issueDate: '2026-06-15',
      dueDays: 14,
    });
    expect((await invoicesOf(customerId)).map(({ totalAmount }) => totalAmount)).toEqual(['1200.00']);
    await settle();
    expect(await notes(customerId)).toEqual(['-80.00']);
  });

  it('that is worked on when more comes is looked at again', async () => {
    const { customerId, meterId } = await setUp(aprilReadings);
    await bill(customerId);
    await bringReadings(stack);
    await settle();
    const correct = (newRegisterKwh: string) =>
      edit(meterId, { action: 'correct', time: utc('2026-05-01T00:00'), registerKwh: '1150', newRegisterKwh });
    await correct('1145');
    await bringReadings(stack);
    let isFirst = true;
    await stack.workOff(
      correctionQueue,
      async (body) => {
        await correctMeter(JSON.parse(body));
        if (!isFirst) return;
        isFirst = false;
        await correct('1140');
        await bringReadings(stack);
      },
      { seconds: 3000 },
    );
    expect((await notes(customerId)).sort()).toEqual(['-40.00', '-40.00']);
  });

  it('made anew by two at once differs once; made anew and cancelled at once, either holds', async () => {
    const { customerId, meterId } = await setUp(aprilReadings);
    const [{ id }] = (await bill(customerId)).invoices;
    await edit(meterId, {
      action: 'correct',
      time: utc('2026-05-01T00:00'),
      registerKwh: '1150',
      newRegisterKwh: '1140',
    });
    const post = (what: string, body: object) =>
      stack.call(tenant, invoices, 'POST', `/api/billing/invoices/${id}/${what}`, { body });
    const answers = await Promise.all([post('rebill', {}), post('rebill', {}), post('rebill', {})]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers.filter(({ body }) => body.data.note !== null)).toHaveLength(1);
    expect(await balance(customerId)).toBe('1120.00');
    await edit(meterId, { action: 'restore', time: utc('2026-05-01T00:00'), registerKwh: '1150' });
    await Promise.all([post('rebill', {}), post('cancel', { reason: 'x' })]);
    expect(await balance(customerId)).toBe('1200.00');
  });
});

describe('the settings', () => {
  it('let a person decide', async () => {
    await call('PUT', '/settings', { mode: 'propose', windowMinutes: 5 });
    const { customerId, meterId } = await setUp(aprilReadings);
    const [{ id: invoiceId }] = (await bill(customerId)).invoices;
    await bringReadings(stack);
    await settle();
    await edit(meterId, {
      action: 'correct',
      time: utc('2026-05-01T00:00'),
      registerKwh: '1150',
      newRegisterKwh: '1140',
    });
    await bringReadings(stack);
    await settle(400);
    expect(await notes(customerId)).toEqual([]);
    const [{ id }] = (await call('GET', '', undefined, { invoiceId })).body.data;
    expect((await call('GET', `/${id}`)).body.data).toMatchObject({ status: 'proposed', amount: '-80.00', meterId });
    await stack.addTenant('cor-b');
    expect((await stack.call('cor-b', handler, 'POST', `/api/billing/corrections/${id}/apply`)).status).toBe(404);
    expect((await call('POST', `/${id}/apply`)).body.data).toMatchObject({ status: 'applied', amount: '-80.00' });
    expect(await notes(customerId)).toEqual(['-80.00']);
    expect((await call('POST', `/${id}/apply`)).status).toBe(409);
    await edit(meterId, { action: 'restore', time: utc('2026-05-01T00:00'), registerKwh: '1150' });
    await bringReadings(stack);
    await settle(400);
    expect((await call('POST', `/${id}/dismiss`, { reason: 'Agreed' })).body.data.status).toBe('dismissed');
    await call('PUT', '/settings', { mode: 'off' });
    await edit(meterId, { action: 'reject', time: utc('2026-05-01T00:00'), registerKwh: '1150' });
    await bringReadings(stack);
    await settle();
    expect((await call('GET', `/${id}`)).body.data.status).toBe('dismissed');
    await call('PUT', '/settings', {});
  });
});

describe('subscriber.meter_reading', () => {
  it('names who had the meter at the time, once for a batch', async () => {
    const { customerId, meterId, supplyId } = await setUp([], { from: '2026-04-10' });
    await bringReadings(stack);
    await stack.read(tenant, meterId, aprilReadings.slice(8, 11));
    await bringReadings(stack, 2);
    const own = stack
      .events('subscriber.meter_reading')
      .filter(({ payload }) => payload.S.includes(meterId))
      .map(({ payload }) => JSON.parse(payload.S).readings);
    expect(own).toHaveLength(1);
    expect(own[0]).toMatchObject([
      { customerId, supplyId, meterId, time: utc('2026-04-10T00:00'), registerKwh: '1045' },
      { customerId, supplyId, meterId, time: utc('2026-04-11T00:00'), registerKwh: '1050' },
    ]);
  });
});

it('whatever is corrected in whatever order: made anew and credited back, the account is what it was', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ day: fc.integer({ min: 1, max: 29 }), kwh: fc.integer({ min: -4, max: 0 }) }), {
        minLength: 1,
        maxLength: 4,
      }),
      async (changes) => {
        const { customerId, meterId } = await setUp(aprilReadings);
        const [{ id }] = (await bill(customerId)).invoices;
        const rebill = () => stack.call(tenant, invoices, 'POST', `/api/billing/invoices/${id}/rebill`, { body: {} });
        const touched = new Set<number>();
        for (const { day, kwh } of [...changes, { day: 30, kwh: -4 }]) {
          const [time, was] = aprilReadings[day]!;
          if (kwh === 0 || touched.has(day)) continue;
          touched.add(day);
          await edit(meterId, {
            action: 'correct',
            time: utc(time),
            registerKwh: `${was}`,
            newRegisterKwh: `${was + kwh}`,
          });
        }
        expect((await rebill()).body.data.note.totalAmount).toBe('-32.00');
        expect((await rebill()).body.data.note).toBeNull();
        for (const day of touched) {
          const [time, was] = aprilReadings[day]!;
          await edit(meterId, { action: 'restore', time: utc(time), registerKwh: `${was}` });
        }
        expect((await rebill()).body.data.note.totalAmount).toBe('32.00');
        expect(await balance(customerId)).toBe('1200.00');
      },
    ),
    { numRuns: 8 },
  );
});
