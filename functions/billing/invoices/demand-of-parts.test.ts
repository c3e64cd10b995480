/** The meter's own peak in a bill whose tariff prices demand on some days, or of some supplies: of those alone where anything tells. */
import { beforeAll, expect, it } from 'vitest';
import { handler as tariffs } from '../tariffs/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { label, meteredCustomers } from '../test-support/metered-customers.ts';

const stack = useBillingStack();
const tenant = 'parts';
const { addTariff, setUp, bill } = meteredCustomers(stack, tenant);
const meter = { registers: [{ obis: '1.6.0' }, { obis: '3.8.0' }, { obis: '9.8.0' }] };
const energy = { kind: 'energy', code: 'energy', label: label('Energy'), blocks: [{ rate: '5' }] };
const demand = { kind: 'demand', code: 'demand', label: label('Demand'), rate: '100', source: 'register' };

beforeAll(() => stack.addTenant(tenant));

/** Energy alone, and demand from a day on; or the other way round. */
async function changing(code: string, from: string, before: object | object[], since: object): Promise<string> {
  const id = await addTariff(
    code,
    [energy, before].flat().filter((each) => 'kind' in each),
  );
  const body = { from, currency: 'YER', components: [energy, since].filter((each) => 'kind' in each) };
  expect((await stack.call(tenant, tariffs, 'POST', `/api/billing/tariffs/${id}/versions`, { body })).status).toBe(201);
  return id;
}
const shows = (time: string, kwh: number, kw: number, kvarh?: number): [string, number, object] => [
  time.length > 10 ? time : `${time}T00:00`,
  kwh,
  { registers: { '1.6.0': String(kw), ...(kvarh === undefined ? {} : { '3.8.0': String(kvarh) }) } },
];
async function demandLine(tariff: string, readings: [string, number, object][]) {
  const { customerId } = await setUp(readings, { tariff, meter });
  const { invoices, problems } = await bill(customerId);
  expect(problems).toEqual([]);
  const lines = invoices[0].bills[0].bill.lines.filter(({ kind }: any) => kind === 'demand');
  return lines.map(({ amount, explanation }: any) => [amount, explanation.en.split(', ')[1]]);
}
const withoutPeak: [string, number, object][] = [
  ['2026-04-01T00:00', 0, {}],
  ['2026-05-01T00:00', 150, {}],
];
/** 40 kW before the 16th. */
const early = [shows('2026-04-01', 0, 3), shows('2026-04-05', 20, 40), shows('2026-04-15', 70, 40)];

it('is what the register rose to in them, after it was reset', async () => {
  const later = [
    ...[shows('2026-04-16', 75, 0), shows('2026-04-20', 95, 18)],
    ...[shows('2026-04-30', 145, 18), shows('2026-05-01', 150, 18)],
  ];
  const tariff = await changing('RESET', '2026-04-16', {}, demand);
  // 18 kW for half a month.
  expect(await demandLine(tariff, [...early, ...later])).toEqual([
    ['900.00', 'the highest the meter registered from 2026-04-16 to 2026-04-30'],
  ]);
  const ended = await changing('ENDED', '2026-04-16', demand, {});
  expect(await demandLine(ended, [...early, ...later])).toEqual([
    ['2000.00', 'the highest the meter registered from 2026-04-01 to 2026-04-15'],
  ]);
});

it('is what quarters of an hour came to, where the register was not reset', async () => {
  // The last day of the month: 1.04 kWh in one quarter, 0.04 in each other one.
  const quarters = Array.from({ length: 97 }, (_, i): [string, number, object] => {
    const time = new Date(Date.UTC(2026, 3, 30) + i * 900_000).toISOString().slice(0, 16);
    return shows(time, 100 + 0.04 * i + (i > 40 ? 1 : 0), 40);
  });
  const tariff = await changing('QUARTERS', '2026-04-30', {}, demand);
  // 4.16 kW for a day of thirty.
  expect(await demandLine(tariff, [...early, shows('2026-04-28', 90, 40), ...quarters])).toEqual([
    ['13.87', 'the highest the meter registered from 2026-04-30 to 2026-04-30'],
  ]);
});

it('is the peak of the whole bill where only the register tells, for the share of these days', async () => {
  const tariff = await changing('STANDS', '2026-04-16', {}, demand);
  expect(await demandLine(tariff, [...early, shows('2026-04-20', 95, 40), shows('2026-05-01', 150, 40)])).toEqual([
    ['2000.00', 'the highest the meter registered from 2026-04-01 to 2026-04-30'],
  ]);
});

it('is one peak at two prices where both price it', async () => {
  const tariff = await changing('BOTH', '2026-04-16', demand, { ...demand, rate: '200' });
  expect(await demandLine(tariff, [...early, shows('2026-05-01', 150, 40)])).toEqual([
    ['2000.00', 'the highest the meter registered from 2026-04-01 to 2026-04-30'],
    ['4000.00', 'the highest the meter registered from 2026-04-01 to 2026-04-30'],
  ]);
});

it('is not charged to days that price what intervals tell', async () => {
  // 0.25 kWh and 0.1875 kvarh in each quarter of the first day: 1 kW and 1.25 kVA, whatever the register shows.
  const byIntervals = { ...demand, code: 'intervals', source: 'intervals' };
  const tariff = await changing('MIXED', '2026-04-02', [byIntervals, { ...byIntervals, unit: 'kVA' }], demand);
  const day = Array.from({ length: 97 }, (_, i): [string, number, object] => {
    const time = new Date(Date.UTC(2026, 3, 1) + i * 900_000).toISOString().slice(0, 16);
    return shows(time, 0.25 * i, 3, 0.1875 * i);
  });
  const later = [shows('2026-04-20', 1000, 18, 800), shows('2026-05-01', 1600, 18, 1300)];
  const lines = await demandLine(tariff, [...day, ...later]);
  // More than 2 kW are taken from then on, which is not of the first day. 1 kW and 1.25 kVA for a day of thirty, 18 kW for the others.
  expect(lines).toEqual([
    ['3.33', 'the highest measured'],
    ['4.17', 'the highest measured'],
    ['1740.00', 'the highest the meter registered from 2026-04-02 to 2026-04-30'],
  ]);
});

it('is what the meter counted in kVAh, where the tariff says so and the meter tells', async () => {
  const counted = { ...demand, source: 'intervals', unit: 'kVA', apparentEnergy: 'register', intervalMinutes: 60 };
  const tariff = await addTariff('KVAH', [energy, counted]);
  // 5 kVAh in an hour of the last day, and a tenth in each other one.
  const readings = (upTo: number) =>
    Array.from({ length: 25 }, (_, i): [string, number, object] => {
      const time = new Date(Date.UTC(2026, 3, 30) + i * 3_600_000).toISOString().slice(0, 16);
      const registers = i > upTo ? {} : { '9.8.0': (100 + 0.1 * i + (i > 10 ? 4.9 : 0)).toFixed(1) };
      return [time, 100 + 0.1 * i + (i > 10 ? 2 : 0), { registers }];
    });
  const before: [string, number, object] = ['2026-04-01T00:00', 30, { registers: { '9.8.0': '30' } }];
  expect(await demandLine(tariff, [before, ...readings(24)])).toEqual([['500.00', 'the highest measured']]);
  const { customerId } = await setUp([before, ...readings(20)], { tariff, meter });
  expect((await bill(customerId)).problems).toMatchObject([
    { reason: 'registers_untold', details: [expect.stringContaining('9.8.0')] },
  ]);
});

it('is that of the season that prices it, and not asked for in others', async () => {
  const inSeason = { ...demand, during: [{ from: '04-16', to: '06-30' }] };
  const tariff = await addTariff('SEASON', [energy, inSeason]);
  const later = [shows('2026-04-16', 75, 0), shows('2026-04-20', 95, 18), shows('2026-05-01', 150, 18)];
  expect(await demandLine(tariff, [...early, ...later])).toEqual([
    ['900.00', 'the highest the meter registered from 2026-04-16 to 2026-04-30'],
  ]);
  const winter = await addTariff('WINTER', [energy, { ...demand, during: [{ from: '11-01', to: '01-31' }] }]);
  expect(await demandLine(winter, withoutPeak)).toEqual([]);
});

it('is not asked of supplies that it is not for', async () => {
  const ofThree = await addTariff('THREE', [energy, { ...demand, when: { phases: 3 } }]);
  expect(await demandLine(ofThree, withoutPeak)).toEqual([]);
});
