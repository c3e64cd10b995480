/** What validation finds in the readings of a meter, from the message to the bill: each check with what it just lets pass. */
import { beforeAll, describe, expect, it } from 'vitest';
import { takeInMessages } from '../../metering/contract.ts';
import { handler as meters } from '../../metering/meters/handler.ts';
import { handler as edits } from '../../metering/reading-edits/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { april, aprilReadings, may, meteredCustomers } from '../test-support/metered-customers.ts';
import { handler as settings } from '../vee-settings/handler.ts';
import { handler as invoices } from './handler.ts';

const stack = useBillingStack();
const tenant = 'val';
const { setUp, bill } = meteredCustomers(stack, tenant);
const utc = (local: string) => new Date(`${local}:00+03:00`).toISOString();
const asMetering = { as: { permissions: ['metering:*'] } };
const firstOf = async (customerId: string, period = april) => {
  const { invoices, problems } = await bill(customerId, period);
  return { problems, bill: invoices[0]?.bills[0], findings: (invoices[0]?.bills[0].findings ?? []) as string[] };
};
const codes = (findings: string[]) => findings.map((finding) => finding.split(':')[0]);
/** Midnight readings of April with registers beside the total, each as a share of it. */
const withRegisters = (shares: Record<string, number>) =>
  aprilReadings.map(([time, kwh], i): [string, number, object] => [
    time,
    kwh,
    {
      registers: Object.fromEntries(
        Object.entries(shares).map(([code, share]) => [code, (i * 5 * share).toFixed(6)] as const),
      ),
    },
  ]);
const threePhase = (shares: Record<string, number>) => ({
  ...{ model: 'THREE', phases: 3, registers: Object.keys(shares).map((obis) => ({ obis })) },
});
/** As the meter would send them. */
const send = async (
  meterId: string,
  readings: readonly (readonly [string, number, object?])[],
  lagMs: (timeMs: number) => number = () => 2000,
) => {
  const messages = readings.map(([local, kwh, data = {}], i) => {
    const timestamp = utc(local);
    return {
      ...{ id: `${meterId}-${i}`, clientId: 'gateway', topic: `acrel/ST-${tenant}/meter/${meterId}/data` },
      payload: { event_type: 'meter_reading', timestamp, meter_id: meterId, data: { reading: kwh, ...data } },
      receivedMs: Date.parse(timestamp) + lagMs(Date.parse(timestamp)),
    };
  });
  expect(await takeInMessages(messages)).toBe(true);
};

beforeAll(async () => {
  await stack.addTenant(tenant);
});

describe('phases and rates', () => {
  it.each<[string, Record<string, number>, string[]]>([
    ['that add up', { '21.8.0': 0.5, '41.8.0': 0.3, '61.8.0': 0.2 }, []],
    ['within a percent', { '21.8.0': 0.5, '41.8.0': 0.3, '61.8.0': 0.191 }, []],
    ['beyond it', { '21.8.0': 0.5, '41.8.0': 0.3, '61.8.0': 0.18 }, ['phase_sum']],
    ['one of which has the wrong scale', { '21.8.0': 0.5, '41.8.0': 300, '61.8.0': 0.2 }, ['phase_sum']],
    ['of which one is not read', { '21.8.0': 0.5, '41.8.0': 0.3 }, []],
    ['by rate that add up', { '1-0:1.8.1*255': 0.7, '1-0:1.8.2*255': 0.3 }, []],
    ['by rate, one of which stands still', { '1.8.1': 0.7, '1.8.2': 0 }, ['rate_sum']],
  ])('%s: the bill stands on the total', async (_, shares, expected) => {
    const { customerId } = await setUp(withRegisters(shares), { meter: threePhase(shares) });
    const made = await firstOf(customerId);
    expect(made.bill.bill.importKwh).toBe('150');
    expect(codes(made.findings)).toEqual(expected);
  });

  it('keep bills back where the settings say so', async () => {
    const put = (body: object) => stack.call(tenant, settings, 'PUT', '/api/billing/vee-settings', { body });
    await put({ classes: { industrial: { registerSum: { severity: 'fail' } } } });
    const shares = { '21.8.0': 0.5, '41.8.0': 0.3, '61.8.0': 0.18 };
    const { customerId } = await setUp(withRegisters(shares), {
      meter: threePhase(shares),
      customer: { type: 'industrial' },
    });
    expect((await firstOf(customerId)).problems).toMatchObject([{ checks: ['phase_sum'] }]);
    await put({});
  });
});

describe('messages', () => {
  it('that say less than the register are remarked on, and nothing where one says nothing', async () => {
    const counted = (kwh: number | undefined) =>
      aprilReadings.map(([time, register]) => [time, register, kwh === undefined ? {} : { consumption: kwh }] as const);
    const [good, bad, silent] = [await setUp([]), await setUp([]), await setUp([])];
    await send(good.meterId, counted(4.96));
    await send(bad.meterId, counted(4.9));
    await send(silent.meterId, [...counted(4.9).slice(0, 30), aprilReadings[30]!]);
    expect((await firstOf(good.customerId)).findings).toEqual([]);
    expect((await firstOf(bad.customerId)).findings).toEqual([expect.stringMatching(/^sum: 147000000 of 30 messages/)]);
    expect((await firstOf(silent.customerId)).findings).toEqual([]);
  });

  it('that all come late tell of a clock that is behind; one that came at once, of a network that was', async () => {
    const [behind, network] = [await setUp([]), await setUp([])];
    await send(behind.meterId, aprilReadings, () => 600_000);
    await send(network.meterId, aprilReadings, (timeMs) =>
      timeMs === Date.parse(utc('2026-04-09T00:00')) ? 1000 : 600_000,
    );
    expect(codes((await firstOf(behind.customerId)).findings)).toEqual(['clock_drift']);
    expect((await firstOf(network.customerId)).findings).toEqual([]);
  });
});

describe('a register', () => {
  it('that passes its last digit is billed through it, by the ratio of its transformers', async () => {
    // Five digits, secondary, 40 × 10: 99,990 to 15 are 25 of the register's kWh, 10,000 of the network's.
    const { customerId } = await setUp(
      [
        ['2026-04-01T00:00', 99_990],
        ['2026-04-16T00:00', 3],
        ['2026-05-01T00:00', 15],
      ],
      {
        meter: {
          model: 'THREE',
          phases: 3,
          digits: 5,
          ctRatio: 40,
          ptRatio: 10,
          registerScale: 'secondary',
          ratedCurrentA: 5,
        },
      },
    );
    const made = await firstOf(customerId);
    expect(made.bill.bill.importKwh).toBe('10000');
    expect(codes(made.findings)).toEqual(['roll_over']);
  });

  it('that goes back without passing it is not billed as if it had', async () => {
    const { customerId, meterId } = await setUp([
      ['2026-04-01T00:00', 99_000],
      ['2026-05-01T00:00', 99_150],
    ]);
    const { status } = await stack.call(tenant, meters, 'POST', `/api/billing/meters/${meterId}/readings`, {
      ...asMetering,
      body: { time: utc('2026-05-02T00:00'), registerKwh: '98990' },
    });
    expect(status).toBe(422);
    const made = await firstOf(customerId);
    expect(made.bill.bill.importKwh).toBe('150');
    expect(made.findings).toEqual([]);
  });

  it('with two readings of one moment leaves out the one that contradicts the others, and says so', async () => {
    const { customerId } = await setUp([...aprilReadings, ['2026-04-11T00:00', 1070]]);
    const made = await firstOf(customerId);
    expect(made.bill.bill.importKwh).toBe('150');
    expect(codes(made.findings)).toContain('overlap');
    const same = await setUp([...aprilReadings, ['2026-04-11T00:00', 1050]]);
    expect((await firstOf(same.customerId)).findings).toEqual([]);
  });
});

describe('an exchange', () => {
  const exchange = async (meterId: string, at: string, more: object) => {
    const { status, body } = await stack.call(tenant, meters, 'POST', `/api/billing/meters/${meterId}/exchange`, {
      ...asMetering,
      body: { at: utc(at), newSerialNumber: `${meterId}-B`, newInitialRegisterKwh: '7', ...more },
    });
    expect(status, JSON.stringify(body)).toBe(200);
  };

  it.each<[string, string]>([
    ['at midnight, where the months meet', '2026-05-01T00:00'],
    ['at midnight', '2026-05-11T00:00'],
    ['at noon', '2026-05-11T12:00'],
  ])('%s leaves the energy on both sides whole', async (_, at) => {
    const { customerId, meterId } = await setUp(aprilReadings);
    const days = (Date.parse(utc(at)) - Date.parse(utc('2026-05-01T00:00'))) / 86_400_000;
    await exchange(meterId, at, { finalRegisterKwh: String(1150 + 5 * days) });
    await stack.read(tenant, meterId, [
      ['2026-05-20T00:00', 7 + 5 * (19 - days)],
      ['2026-06-01T00:00', 7 + 5 * (31 - days)],
    ]);
    expect((await firstOf(customerId)).bill.bill.importKwh).toBe('150');
    const made = await firstOf(customerId, may);
    expect(made.bill.bill.importKwh).toBe('155');
    expect(made.findings).toEqual([]);
  });

  it('of the transformers alone changes nothing of what was counted with the old ones, also not for bills of the past', async () => {
    const meter = { model: 'THREE', phases: 3, ctRatio: 20, registerScale: 'secondary', ratedCurrentA: 5 };
    const { customerId, meterId } = await setUp(aprilReadings, { meter });
    const [first] = (await bill(customerId)).invoices;
    expect(first.bills[0].bill.importKwh).toBe('3000');
    const same = { newSerialNumber: meterId, finalRegisterKwh: '1200', newInitialRegisterKwh: '1200', newCtRatio: 40 };
    await exchange(meterId, '2026-05-11T00:00', same);
    await stack.read(tenant, meterId, [['2026-06-01T00:00', 1305]]);
    // 10 days of 5 × 20 and 21 days of 5 × 40.
    expect((await firstOf(customerId, may)).bill.bill.importKwh).toBe('5200');
    const { body } = await stack.call(tenant, invoices, 'POST', `/api/billing/invoices/${first.id}/rebill`, {
      body: {},
    });
    expect(body.data.note).toBeNull();
    // The record of the ratio is put right for the device that is there, and no other.
    const put = await stack.call(tenant, meters, 'PUT', `/api/billing/meters/${meterId}`, {
      ...asMetering,
      body: { ctRatio: 30 },
    });
    expect(put.body.data).toMatchObject({ ctRatio: 30, devices: [{ ctRatio: 20 }, { serialNumber: meterId }] });
    const again = await stack.call(tenant, invoices, 'POST', `/api/billing/invoices/${first.id}/rebill`, { body: {} });
    expect(again.body.data.note).toBeNull();
  });

  it('leaves an edit of a reading of the old device with the old device', async () => {
    const { customerId, meterId } = await setUp([...aprilReadings.slice(0, 10), ['2026-04-15T00:00', 1072]]);
    await exchange(meterId, '2026-04-16T00:00', { finalRegisterKwh: '1075' });
    await stack.read(tenant, meterId, [['2026-05-01T00:00', 82]]);
    const edit = (body: object) =>
      stack.call(tenant, edits, 'POST', '/api/billing/reading-edits', {
        ...asMetering,
        body: { meterId, reason: 'Photo', action: 'correct', ...body },
      });
    const time = utc('2026-04-15T00:00');
    expect((await edit({ time, registerKwh: '1072', newRegisterKwh: '1070' })).status).toBe(201);
    expect((await firstOf(customerId)).bill.bill.importKwh).toBe('150');
    // What the old device showed at its end was read by a person as well: it bounds what an edit can say.
    expect((await edit({ time, registerKwh: '1072', newRegisterKwh: '1075' })).status).toBe(201);
    expect((await edit({ time, registerKwh: '1072', newRegisterKwh: '1075.01' })).status).toBe(422);
    const during = { time: utc('2026-04-16T06:00'), action: 'add' };
    expect((await edit({ ...during, registerKwh: '6.99' })).status).toBe(422);
    expect((await edit({ ...during, registerKwh: '9' })).status).toBe(201);
  });
});
