/** Tariffs over the handler, on real tables: versions that never change, and the question what something would cost. */
import { beforeAll, describe, expect, it } from 'vitest';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { handler } from './handler.ts';

const stack = useBillingStack();
const base = '/api/billing/tariffs';
const label = (text: string) => ({ en: text, ar: text });
const energy = (more: object = {}) => ({
  kind: 'energy',
  code: 'energy',
  label: label('Energy'),
  blocks: [{ upTo: '100', rate: '5' }, { rate: '8' }],
  ...more,
});
const version = (from: string, more: object = {}) => ({ from, currency: 'YER', components: [energy()], ...more });
const post = (path: string, body: object, tenant = 'tar') =>
  stack.call(tenant, handler, 'POST', `${base}${path}`, { body });
let id: string;

beforeAll(async () => {
  await stack.addTenant('tar');
  id = (await post('', { code: 'RES', name: 'Residential', nameAr: 'سكني' })).body.data.id;
  expect((await post(`/${id}/versions`, version('2026-01-01'))).status).toBe(201);
});

describe('versions', () => {
  it('follow each other, never change, and can be withdrawn before they begin', async () => {
    expect((await post(`/${id}/versions`, version('2026-01-01', { currency: 'USD' }))).status).toBe(409);
    expect((await post(`/${id}/versions`, version('2026-12-01'))).status).toBe(201);
    const withdraw = (from: string) => stack.call('tar', handler, 'DELETE', `${base}/${id}/versions/${from}`);
    expect(await withdraw('2026-01-01')).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect((await withdraw('2026-12-01')).status).toBe(204);
    expect((await withdraw('2026-12-01')).status).toBe(404);
    const { body } = await stack.call('tar', handler, 'GET', `${base}/${id}`);
    expect(body.data.versions.map(({ from }: any) => from)).toEqual(['2026-01-01']);
    expect(stack.events('tariff.published').length).toBeGreaterThanOrEqual(2);
  });

  it.each<[string, object]>([
    [
      'blocks that fall',
      { components: [energy({ blocks: [{ upTo: '100', rate: '5' }, { upTo: '50', rate: '6' }, { rate: '8' }] })] },
    ],
    ['a last block with an end', { components: [energy({ blocks: [{ upTo: '100', rate: '5' }] })] }],
    ['a price below zero', { components: [energy({ blocks: [{ rate: '-5' }] })] }],
    ['a price as a number', { components: [energy({ blocks: [{ rate: 5 }] })] }],
    ['a currency that does not exist', { currency: 'XXX' }],
    ['a day that does not exist', { from: '2026-02-30' }],
    ['a kind that does not exist', { components: [{ kind: 'gift', code: 'g', label: label('g') }] }],
    ['no component', { components: [] }],
    ['a month that does not exist', { export: { mode: 'net_energy', settledIn: 13 } }],
  ])('with %s are refused, naming the field', async (_, more) => {
    const answer = await post(`/${id}/versions`, version('2027-01-01', more));
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(answer.body.errors.length).toBeGreaterThan(0);
  });

  it.each<[string, object, string]>([
    [
      'a tax on nothing',
      { components: [energy(), { kind: 'tax', code: 'vat', label: label('v'), percent: '5', of: ['service'] }] },
      '/components/1/of',
    ],
    [
      'a minimum of what comes later',
      { components: [{ kind: 'minimum', code: 'min', label: label('m'), of: ['energy'], amount: '3' }, energy()] },
      '/components/0/of',
    ],
    [
      'a load factor of no demand',
      { components: [energy({ when: { aboveLoadFactor: '0.6' } })] },
      '/components/0/when',
    ],
    ['a bucket without windows', { components: [energy({ bucket: 'peak' })] }, '/components/0/bucket'],
    [
      'a season nobody declared',
      {
        timeOfUse: {
          defaultBucket: 'off',
          windows: [{ bucket: 'off', season: 'monsoon', days: ['mon'], from: '10:00', to: '12:00' }],
        },
      },
      '/timeOfUse/windows/0/season',
    ],
  ])('with %s are refused, saying where', async (_, more, path) => {
    const answer = await post(`/${id}/versions`, version('2027-01-01', more));
    expect(answer).toMatchObject({ status: 422, body: { code: 'unprocessable', errors: [{ path }] } });
  });
});

describe('what something would cost', () => {
  const price = (body: object) => post(`/${id}/price`, { from: '2026-04-01', to: '2026-05-01', ...body });

  it('is priced by the engine that makes the bills', async () => {
    const { status, body } = await price({ importKwh: '150' });
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ total: '900.00', currency: 'YER', importKwh: '150' });
    expect(body.data.lines.map(({ quantity, amount }: any) => [quantity, amount])).toEqual([
      ['100', '500.00'],
      ['50', '400.00'],
    ]);
  });

  it('says on the line for whom and when it holds', async () => {
    const made = await post('', { code: 'CLASSES', name: 'Classes' });
    const { id: classes } = made.body.data;
    const components = [
      energy({ code: 'low', when: { upToKwh: '100' } }),
      energy({ code: 'high', when: { aboveKwh: '100' }, during: [{ from: '04-01', to: '04-30' }] }),
    ];
    const publish = (more: object) =>
      post(`/${classes}/versions`, { from: '2026-01-01', currency: 'YER', components, ...more });
    const wrong = energy({ when: { aboveKwh: '100', upToKwh: '100' } });
    expect((await publish({ components: [wrong] })).status).toBe(400);
    expect((await publish({ components: [energy({ during: [{ from: '13-01', to: '04-30' }] })] })).status).toBe(400);
    expect((await publish({})).status).toBe(201);
    const question = { from: '2026-04-01', to: '2026-05-01', importKwh: '101' };
    const { body } = await post(`/${classes}/price`, question);
    expect(body.data.lines.map(({ code }: any) => code)).toEqual(['high', 'high']);
    expect(body.data.lines[0].explanation.en).toContain('; every year 04-01 to 04-30; above 100 kWh a month');
    // In May nothing prices more than 100 kWh: that is no gift.
    const may = { from: '2026-05-01', to: '2026-06-01', importKwh: '101' };
    const unpriced = await post(`/${classes}/price`, may);
    expect(unpriced).toMatchObject({ status: 422, body: { message: expect.stringContaining('low, high') } });
    expect((await post(`/${classes}/price`, { ...may, importKwh: '0' })).status).toBe(200);
    const byPhases = energy({ code: 'single', when: { phases: 1 } });
    expect((await publish({ from: '2027-01-01', components: [byPhases] })).status).toBe(201);
    const later = { from: '2027-04-01', to: '2027-05-01', importKwh: '1' };
    expect((await post(`/${classes}/price`, later)).status).toBe(422);
    const single = await post(`/${classes}/price`, { ...later, phases: 1 });
    expect(single.status, single.text).toBe(200);
  });

  it('takes intervals too', async () => {
    const intervals = [{ from: '2026-04-10T10:00:00+03:00', to: '2026-04-10T11:00:00+03:00', importKwh: '30' }];
    expect((await price({ intervals })).body.data.total).toBe('150.00');
    const made = await post('', { code: 'APPARENT', name: 'Apparent' });
    const label = { en: 'Demand', ar: 'الطلب' };
    const component = { kind: 'demand', code: 'kva', label, unit: 'kVA', rate: '10', intervalMinutes: 60 };
    const publish = (more: object) =>
      post(`/${made.body.data.id}/versions`, {
        ...{ from: '2026-01-01', currency: 'YER' },
        components: [{ ...component, contractedPercent: '80', ...more }],
      });
    expect((await publish({ minimumKw: '5' })).status).toBe(422);
    expect((await publish({ unit: 'kW', apparentEnergy: 'register' })).status).toBe(422);
    expect((await publish({ minimumKva: '5' })).status).toBe(201);
    const ask = async (body: object) =>
      (await post(`/${made.body.data.id}/price`, { from: '2026-04-01', to: '2026-05-01', ...body })).body;
    const reactive = [{ ...intervals[0], reactiveKvarh: '40' }];
    expect((await ask({ intervals: reactive, contractedKva: '60' })).data).toMatchObject({
      total: '500.00',
      peakKva: '50',
      lines: [
        {
          unit: 'kVA',
          explanation: { en: '50 kVA, the highest measured, the root of the sum of the squares of 30 kW and 40 kvar' },
        },
      ],
    });
    expect((await ask({ importKwh: '1', demandKva: '21.5', contractedKva: '40' })).data.total).toBe('320.00');
    // The contract in kW is another.
    expect((await ask({ intervals: reactive, contractedKw: '60' })).code).toBe('unprocessable');
  });

  it('takes what rate registers counted, where the tariff bills by them', async () => {
    const made = await post('', { code: 'BY-RATES', name: 'By rates' });
    const every = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'holiday'];
    const version = {
      ...{ from: '2026-01-01', currency: 'YER' },
      components: [
        energy({ code: 'peak', bucket: 'peak', blocks: [{ rate: '20' }] }),
        energy({ bucket: 'off', blocks: [{ rate: '10' }] }),
      ],
      timeOfUse: {
        ...{ defaultBucket: 'off', windows: [{ bucket: 'peak', days: every, from: '17:00', to: '22:00' }] },
        registers: [
          { bucket: 'peak', obis: '1.8.1' },
          { bucket: 'off', obis: '1.8.2' },
        ],
      },
    };
    expect((await post(`/${made.body.data.id}/versions`, version)).status).toBe(201);
    const ask = (body: object) =>
      post(`/${made.body.data.id}/price`, { from: '2026-04-01', to: '2026-05-01', importKwh: '240', ...body });
    // 50 of 240 kWh in five of 24 hours, and as counted.
    expect((await ask({})).body.data.total).toBe('2900.00');
    expect((await ask({ registers: { '1.8.1': '100', '1.8.2': '140' } })).body.data.total).toBe('3400.00');
    expect((await ask({ registers: { '1.8.1': '100' } })).status).toBe(422);
    expect((await ask({ registers: { '1.8.1': '100', '1.8.2': '70', '1.8.3': '70' } })).status).toBe(422);
    expect((await price({ importKwh: '1', registers: { '1.8.1': '1' } })).status).toBe(422);
  });

  it.each<[string, object]>([
    ['a day before the first version', { importKwh: '1', from: '2025-12-01' }],
    ['neither energy nor intervals', {}],
    [
      'both',
      { importKwh: '1', intervals: [{ from: '2026-04-10T10:00:00Z', to: '2026-04-10T11:00:00Z', importKwh: '1' }] },
    ],
    ['a period that ends before it begins', { importKwh: '1', to: '2026-03-01' }],
    ['ten years', { importKwh: '1', from: '2026-04-01', to: '2036-04-01' }],
    [
      'intervals that overlap',
      {
        intervals: [
          { from: '2026-04-10T10:00:00Z', to: '2026-04-10T12:00:00Z', importKwh: '1' },
          { from: '2026-04-10T11:00:00Z', to: '2026-04-10T12:00:00Z', importKwh: '1' },
        ],
      },
    ],
  ])('is refused for %s', async (_, body) => {
    expect(await price(body)).toMatchObject({ status: 422, body: { code: 'unprocessable' } });
  });

  it('is one total for each currency where it changes', async () => {
    const made = await post('', { code: 'TWO-CURRENCIES', name: 'Two' });
    const { id: two } = made.body.data;
    const versions = [
      ['2026-01-01', 'YER', '5'],
      ['2026-04-11', 'USD', '0.1'],
      ['2026-04-21', 'YER', '6'],
    ];
    for (const [from, currency, rate] of versions) {
      const components = [energy({ blocks: [{ rate }] })];
      expect((await post(`/${two}/versions`, { from, currency, components })).status).toBe(201);
    }
    const ask = (to: string) => post(`/${two}/price`, { from: '2026-04-01', to, importKwh: '300' });
    // 100 kWh in each ten days: at 5, at 0.1, at 6.
    expect((await ask('2026-05-01')).body.data).toMatchObject({
      ...{ from: '2026-04-01', to: '2026-04-11', total: '500.00' },
      totals: [
        { currency: 'YER', total: '1100.00' },
        { currency: 'USD', total: '10.00' },
      ],
      others: [
        { from: '2026-04-11', to: '2026-04-21', currency: 'USD', total: '10.00' },
        { from: '2026-04-21', to: '2026-05-01', currency: 'YER', total: '600.00' },
      ],
    });
    const { body } = await ask('2026-04-11');
    expect([body.data.totals, body.data.others]).toEqual([[{ currency: 'YER', total: '1500.00' }], undefined]);
  });

  it('is nobody else’s to ask', async () => {
    expect(
      (await post(`/${id}/price`, { from: '2026-04-01', to: '2026-05-01', importKwh: '1' }, 'foreign')).status,
    ).toBe(404);
  });
});
