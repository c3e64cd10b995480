/** Bills from the meter's own registers of rates and of highest demand. */
import { beforeAll, describe, expect, it } from 'vitest';
import { handler as meters } from '../../metering/meters/handler.ts';
import { handler as tariffs } from '../tariffs/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { april, label, may, meteredCustomers } from '../test-support/metered-customers.ts';
import { handler as exceptions } from '../vee-exceptions/handler.ts';
import { handler } from './handler.ts';

const stack = useBillingStack();
const tenant = 'rates';
const { addTariff, setUp, bill } = meteredCustomers(stack, tenant);
const meter = {
  registers: [
    '1-0:1.8.1',
    '1-0:1.8.2',
    '1-0:1.6.0',
    '1-0:1.6.0*01',
    '1-0:1.6.0*02',
    '1-0:1.8.1*01',
    '1-0:1.8.2*01',
  ].map((obis) => ({ obis })),
};
const windows = [
  { bucket: 'peak', days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'holiday'], from: '17:00', to: '22:00' },
];
const timeOfUse = {
  ...{ defaultBucket: 'off', windows },
  registers: [
    { bucket: 'peak', obis: '1.8.1' },
    { bucket: 'off', obis: '1.8.2' },
  ],
};
const prices = [
  { kind: 'energy', code: 'peak', label: label('Peak'), bucket: 'peak', blocks: [{ rate: '20' }] },
  { kind: 'energy', code: 'off', label: label('Off'), bucket: 'off', blocks: [{ rate: '10' }] },
];
let byRates: string;
let byDemand: string;

beforeAll(async () => {
  await stack.addTenant(tenant);
  byRates = await addTariff('RATES', prices, { timeOfUse });
  byDemand = await addTariff('DEMAND', [
    { kind: 'demand', code: 'demand', label: label('Demand'), rate: '100', source: 'register' },
  ]);
});

/** A reading at midnight with registers of rates. */
const read = (day: string, whole: number, peak?: number, off?: number): [string, number, object?] => [
  `${day}T00:00`,
  whole,
  peak === undefined ? {} : { registers: { '1-0:1.8.1': String(peak), '1-0:1.8.2': String(off) } },
];
/** A reading with the register of demand. */
const peak = (time: string, whole: number, kw: number): [string, number, object] => [
  time,
  whole,
  { registers: { '1-0:1.6.0': String(kw) } },
];
const lines = ({ bills }: any) => bills[0].bill.lines.map(({ code, quantity }: any) => `${code} ${quantity}`);

describe('rates', () => {
  it('are what the registers gained, whatever the clock says, and the bill can be traced', async () => {
    const { customerId } = await setUp([read('2026-04-01', 1300, 400, 900), read('2026-05-01', 1500, 460, 1040)], {
      tariff: byRates,
      meter,
    });
    const [invoice] = (await bill(customerId)).invoices;
    expect(lines(invoice)).toEqual(['peak 60', 'off 140']);
    expect(invoice).toMatchObject({ totalAmount: '2600.00', estimated: false });
    const trace = await stack.call(tenant, handler, 'GET', `/api/billing/invoices/${invoice.id}/trace`);
    expect(trace.body.data.bills[0]).toMatchObject({ agrees: true, billed: { importKwh: '200' } });
  });

  it('that roll over count on', async () => {
    const { customerId } = await setUp([read('2026-04-01', 50_000, 99_990, 100), read('2026-05-01', 50_200, 50, 240)], {
      tariff: byRates,
      meter,
    });
    expect(lines((await bill(customerId)).invoices[0])).toEqual(['peak 60', 'off 140']);
  });

  it('that the meter did not send are not made up', async () => {
    const { customerId, meterId } = await setUp([read('2026-04-01', 1300, 400, 900), read('2026-05-01', 1500)], {
      tariff: byRates,
      meter,
    });
    expect((await bill(customerId)).problems).toMatchObject([
      { meterId, reason: 'registers_untold', details: [expect.stringContaining('1.8.1, 1.8.2')] },
    ]);
    await stack.read(tenant, meterId, [read('2026-05-02', 1506, 462, 1044)]);
    // To the midnight between: 31 days for 62 and 144.
    expect(lines((await bill(customerId)).invoices[0])).toEqual(['peak 60', 'off 139.355']);
  });

  it('that do not come to the whole keep the bill back until a person decides, whatever the settings let pass', async () => {
    const { customerId, supplyId } = await setUp(
      [read('2026-04-01', 1300, 400, 900), read('2026-05-01', 1500, 460, 1000)],
      { tariff: byRates, meter },
    );
    const failed = await bill(customerId);
    expect(failed.invoices).toEqual([]);
    expect(failed.problems).toMatchObject([{ supplyId, reason: 'validation_failed', checks: ['rate_sum'] }]);
    const { body } = await stack.call(tenant, exceptions, 'GET', '/api/billing/vee-exceptions');
    const { id } = body.data.find((each: any) => each.supplyId === supplyId);
    await stack.call(tenant, exceptions, 'POST', `/api/billing/vee-exceptions/${id}/resolve`, {
      body: { decision: 'accept', reason: 'The calendar was set anew' },
    });
    expect(lines((await bill(customerId)).invoices[0])).toEqual(['peak 60', 'off 100']);
  });

  it('that are not billed must not hold energy, even where all rates together come to the whole', async () => {
    const third = (peak: number, off: number, other: number) => ({
      registers: { '1-0:1.8.1': String(peak), '1-0:1.8.2': String(off), '1-0:1.8.3': String(other) },
    });
    const { customerId } = await setUp(
      [
        ['2026-04-01T00:00', 1300, third(400, 900, 0)],
        ['2026-05-01T00:00', 1500, third(460, 1000, 40)],
      ],
      { tariff: byRates, meter: { registers: [...meter.registers, { obis: '1-0:1.8.3' }] } },
    );
    expect((await bill(customerId)).problems).toMatchObject([{ checks: ['rate_sum'] }]);
  });

  it('of billing periods that have ended are other registers', async () => {
    const kept = { '1-0:1.8.1*01': '350', '1-0:1.8.2*01': '700' };
    const both = (day: string, whole: number, peak: number, off: number, more: object): [string, number, object] => [
      `${day}T00:00`,
      whole,
      { registers: { ...more, '1-0:1.8.1': String(peak), '1-0:1.8.2': String(off) } },
    ];
    const { customerId } = await setUp(
      [both('2026-04-01', 1300, 400, 900, kept), both('2026-05-01', 1500, 460, 1040, kept)],
      { tariff: byRates, meter },
    );
    expect(lines((await bill(customerId)).invoices[0])).toEqual(['peak 60', 'off 140']);
  });

  describe('across an exchange of the device', () => {
    const exchanged = async (noted: object) => {
      const at = new Date('2026-04-12T00:00+03:00').toISOString();
      const { customerId, meterId } = await setUp([read('2026-04-01', 1300, 400, 900)], { tariff: byRates, meter });
      const body = { at, finalRegisterKwh: '1380', newSerialNumber: `${meterId}-B`, ...noted };
      const as = { permissions: ['metering:*'] };
      const path = `/api/billing/meters/${meterId}/exchange`;
      expect((await stack.call(tenant, meters, 'POST', path, { as, body })).status).toBe(200);
      await stack.read(tenant, meterId, [read('2026-05-01', 120, 38, 85)]);
      return bill(customerId);
    };

    it('are the sum of what each device counted, where its registers were noted', async () => {
      const { invoices } = await exchanged({
        finalRegisters: { '1.8.1': '424', '1.8.2': '956' },
        newInitialRegisters: { '1-0:1.8.1': '2', '1-0:1.8.2': '1' },
      });
      // Old: 24 and 56 of 80 kWh; new: 36 and 84 of 120.
      expect(lines(invoices[0])).toEqual(['peak 60', 'off 140']);
    });

    it('are not made up where they were not', async () => {
      const { problems } = await exchanged({ finalRegisters: { '1.8.1': '424', '1.8.2': '956' } });
      expect(problems).toMatchObject([
        { reason: 'registers_untold', details: [expect.stringContaining('1.8.1, 1.8.2')] },
      ]);
    });
  });

  it('of days that are estimated are divided by the clock', async () => {
    const { customerId } = await setUp([read('2026-04-01', 1300, 400, 900), read('2026-05-01', 1540, 460, 1080)], {
      tariff: byRates,
      meter,
    });
    await bill(customerId);
    const [estimated] = (await bill(customerId, may, { mayEstimate: true })).invoices;
    // 8 kWh a day for 31 days, of which five hours are peak.
    expect(estimated).toMatchObject({ estimated: true });
    expect(lines(estimated)).toEqual(['peak 51.667', 'off 196.333']);
  });

  it('need a register for each bucket, and one bucket for each register', async () => {
    const id = await addTariff('OTHER');
    const publish = async (registers: object[]) =>
      (
        await stack.call(tenant, tariffs, 'POST', `/api/billing/tariffs/${id}/versions`, {
          body: {
            from: '2026-08-01',
            currency: 'YER',
            components: prices,
            timeOfUse: { ...timeOfUse, registers },
          },
        })
      ).status;
    expect(await publish([{ bucket: 'peak', obis: '1.8.1' }])).toBe(422);
    expect(await publish([...timeOfUse.registers, { bucket: 'night', obis: '1.8.3' }])).toBe(422);
    expect(
      await publish([
        { bucket: 'peak', obis: '1.8.1' },
        { bucket: 'off', obis: '1.8.1' },
      ]),
    ).toBe(422);
    expect(await publish([{ bucket: 'peak', obis: '2.8.1' }])).toBe(400);
    expect(await publish(timeOfUse.registers)).toBe(201);
  });
});

describe('demand', () => {
  it('is the highest the register showed after it was reset in the period', async () => {
    const { customerId } = await setUp(
      [
        peak('2026-04-01T00:00', 0, 30),
        peak('2026-04-02T00:00', 10, 12),
        peak('2026-04-20T00:00', 100, 18.4),
        peak('2026-05-01T00:00', 200, 18.4),
      ],
      { tariff: byDemand, meter },
    );
    const [invoice] = (await bill(customerId)).invoices;
    expect(invoice).toMatchObject({ totalAmount: '1840.00', bills: [{ bill: { demandKw: '18.4' } }] });
  });

  it('that was reached before the period is not billed again: it is asked for a reset', async () => {
    const { customerId, meterId } = await setUp([peak('2026-04-01T00:00', 0, 30), peak('2026-05-01T00:00', 200, 30)], {
      tariff: byDemand,
      meter,
    });
    expect((await bill(customerId)).problems).toMatchObject([
      { meterId, reason: 'registers_untold', details: [expect.stringContaining('1.6.0')] },
    ]);
  });

  describe('that a reset at midnight put by (1.6.0*01)', () => {
    const at = (day: string, whole: number, now: number, ...kept: number[]): [string, number, object] => [
      `${day}T00:00`,
      whole,
      {
        registers: {
          ...Object.fromEntries(kept.map((kw, i) => [`1-0:1.6.0*0${i + 1}`, String(kw)])),
          '1-0:1.6.0': String(now),
        },
      },
    ];
    const demandOf = async (...readings: [string, number, object][]) => {
      const { customerId } = await setUp(readings, { tariff: byDemand, meter });
      const { invoices, problems } = await bill(customerId);
      return invoices[0]?.bills[0].bill.demandKw ?? problems[0].reason;
    };

    it('is what was kept since, whether meters shift or number', async () => {
      expect(await demandOf(at('2026-04-01', 0, 0, 30), at('2026-05-01', 200, 0, 18.4, 30))).toBe('18.4');
      expect(await demandOf(at('2026-04-01', 0, 0, 30), at('2026-05-01', 200, 0, 30, 18.4))).toBe('18.4');
      expect(await demandOf(at('2026-04-01', 0, 0, 30, 25), at('2026-05-01', 200, 0, 18.4, 30))).toBe('18.4');
    });

    it('is not what stood there when the period began', async () => {
      expect(await demandOf(at('2026-04-01', 0, 30, 25), at('2026-05-01', 200, 18.4, 30, 25))).toBe('18.4');
      expect(await demandOf(at('2026-04-01', 0, 30, 25), at('2026-05-01', 200, 30, 30, 25))).toBe('registers_untold');
    });

    it('says what would help where nothing tells of which period it is', async () => {
      const { customerId } = await setUp([at('2026-04-01', 0, 0), at('2026-05-01', 200, 0, 18.4, 30)], {
        tariff: byDemand,
        meter,
      });
      const [problem] = (await bill(customerId)).problems;
      expect(problem).toMatchObject({ reason: 'registers_untold', details: [expect.stringContaining('1.8.0*01')] });
    });

    it('is not known where nothing kept is to compare with', async () => {
      expect(await demandOf(at('2026-04-01', 0, 0), at('2026-05-01', 200, 0, 18.4, 30))).toBe('registers_untold');
      // Of a reading before the period, the peak may be of the days before.
      expect(await demandOf(at('2026-03-31', 0, 29, 25), at('2026-05-01', 200, 29, 30, 25))).toBe('registers_untold');
    });
  });

  it('counts through transformers as the meter is built in', async () => {
    const { customerId } = await setUp(
      [peak('2026-04-01T00:00', 0, 3), peak('2026-04-10T00:00', 10, 4), peak('2026-05-01T00:00', 20, 4)],
      { tariff: byDemand, meter: { ...meter, model: 'CT', ctRatio: 40, registerScale: 'secondary' } },
    );
    expect((await bill(customerId, april)).invoices[0]).toMatchObject({ totalAmount: '16000.00' });
  });
});
