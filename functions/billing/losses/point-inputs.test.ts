/** Loss reports whose input is a counter of a station: values recorded as its gateway sends them, the arithmetic written out. */
import { beforeAll, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import type { PointSample } from '../../../layers/scada/value-chunk.ts';
import { pointEntity } from '../../scada/points/point-entity.ts';
import { createPointSchema } from '../../scada/points/point-schema.ts';
import { recordValues } from '../../scada/values/history-store.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { lossReporting } from '../test-support/loss-reporting.ts';

const stack = useBillingStack();
const tenant = 'points';
const { call, addArea, assign, report, row, linesOf } = lossReporting(stack, tenant);
const minute = 60_000;
const always = { from: '2026-01-01' };

/** The station's feeder counts in MWh; local days of Aden begin at 21:00 UTC. */
async function addPoint(id: string, unit: string | undefined = 'MWh', owner = tenant): Promise<void> {
  const point = { id, name: id, deviceId: `dev-${id}`, pointType: 'counter', address: '1', dataType: 'uint32', unit };
  await openSession(owner).transact('scada', (unitOfWork) =>
    unitOfWork.create(pointEntity, { ...createPointSchema.parse(point), id, stationId: 'SUB-1' }),
  );
}

type Sample = [timeMs: number, value: number, more?: Partial<PointSample>];
async function record(id: string, ...samples: Sample[]): Promise<void> {
  const own = samples.map(([timeMs, value, more]) => ({ timeMs, value, quality: 'good' as const, ...more }));
  const session = openSession(tenant);
  const device = { session, deviceId: `dev-${id}`, samples: new Map([[id, own]]), keepDays: 4000 };
  expect(await recordValues([device])).toBe(true);
}

/** Every midnight from 1 April on: ten minutes before and thirty after it. */
const midnights = (count: (day: number) => number, days = 31): Sample[] =>
  Array.from({ length: days }, (_, day): Sample[] => {
    const at = Date.UTC(2026, 2, 31, 21) + day * 1440 * minute;
    return [
      [at - 10 * minute, count(day) - 0.001],
      [at + 30 * minute, count(day) + 0.003],
    ];
  }).flat();

const inputPoints = (...ids: string[]) => ({ inputPoints: ids.map((pointId) => ({ pointId, ...always })) });

beforeAll(async () => {
  await stack.addTenant(tenant);
  await stack.addTenant('stranger');
  await stack.addMeter(tenant, 'A');
  await stack.read(tenant, 'A', [
    ['2026-04-01T00:00', 0],
    ['2026-05-01T00:00', 800],
  ]);
  for (const id of ['IN', 'OUT', 'RESET', 'GAP', 'HALF']) await addPoint(id);
  // 40 kWh a day; interpolated between -1 and +3 kWh at a quarter of the way: exactly the day's count.
  await record('IN', ...midnights((day) => 5000 + day * 0.04));
  await record('OUT', ...midnights((day) => 70 + day * 0.002));
  await record('RESET', ...midnights((day) => (day < 12 ? 900 : 1) + day * 0.04));
  await record('GAP', ...midnights((day) => 10 + day * 0.04).filter((_, i) => i !== 0));
  await record('HALF', ...midnights((day) => 10 + day * 0.04, 16));
});

it('hold what entered and flowed back against what meters took', async () => {
  const id = await addArea({
    inputPoints: [
      { pointId: 'IN', ...always },
      { pointId: 'OUT', ...always, counts: 'returned' },
    ],
    technicalLossPercent: '5',
  });
  await assign(id, { A: [always] });
  const made = await report([id]);
  expect(made.result).toMatchObject([
    {
      inputKwh: '1200', // 30 x 40
      returnedKwh: '60', // 30 x 2
      netInputKwh: '1140',
      meteredKwh: '800',
      lossKwh: '340', // 1140 - 800
      technicalLossKwh: '60', // 5 % of 1200
      quality: { meters: 1, unknownInputs: 0, daysWithoutInput: 0 },
    },
  ]);
  const lines = (await call('GET', `/reports/${made.id}/meters`)).body.data;
  expect(lines.map(({ meterId, pointId }: any) => [meterId, pointId])).toEqual([
    ['A', undefined],
    [undefined, 'IN'],
    [undefined, 'OUT'],
  ]);
  expect(lines[1]).toMatchObject({
    hasFindings: false,
    lines: [{ role: 'input', days: 30, importKwh: '1200', exportKwh: null, findings: [] }],
  });
  expect(lines[2].lines).toMatchObject([{ importKwh: null, exportKwh: '60', findings: [] }]);
  await assign(id, { A: [] });
});

it('count on the days they were the input, beside meters', async () => {
  const id = await addArea({
    inputMeters: [{ meterId: 'A', from: '2026-04-16' }],
    inputPoints: [{ pointId: 'IN', from: '2026-01-01', to: '2026-04-16' }],
  });
  // 15 x 40 of the point, and half of the meter's 800.
  expect(await row(id)).toMatchObject({ inputKwh: '1000', quality: { daysWithoutInput: 0, unknownInputs: 0 } });
  const returned = await addArea({ inputPoints: [{ pointId: 'IN', ...always, counts: 'returned' }] });
  expect(await row(returned)).toMatchObject({ lossKwh: null, quality: { daysWithoutInput: 30 } });
});

it.each([
  ['RESET', '1160'], // 29 days are known, the one on which it was set back is not
  ['GAP', '1160'], // nothing before the first midnight
  ['HALF', '600'], // fifteen days
])('are not known where their values do not tell: %s', async (point, known) => {
  const id = await addArea(inputPoints(point));
  const made = await report([id]);
  expect(made.result).toMatchObject([{ inputKwh: known, lossKwh: null, quality: { unknownInputs: 1 } }]);
  expect(await linesOf(made.id)).toMatchObject([{ pointId: point, findings: ['incomplete'] }]);
});

it('that roll over go on counting, and are not known where they were set back', async () => {
  await addPoint('ROLLS', 'Wh');
  // A 32-bit register of Wh, 40 kWh a day: over on the 11th.
  const register = (day: number): number => (4_294_567_000 + day * 40_000) % 2 ** 32;
  await record('ROLLS', ...midnights(register));
  const point = { pointId: 'ROLLS', ...always };
  expect(await row(await addArea({ inputPoints: [point] }))).toMatchObject({ lossKwh: null });
  const rolls = { ...point, rollsOverAtKwh: 4294967.296 };
  const rolling = await row(await addArea({ inputPoints: [rolls] }));
  expect(rolling.quality.unknownInputs).toBe(0);
  // The values beside each midnight stand for it, a thousandth of a Wh apart.
  expect(Number(rolling.inputKwh)).toBeCloseTo(1200, 3);
  const area = await addArea({ inputPoints: [{ pointId: 'RESET', ...always, rollsOverAtKwh: 2_000_000 }] });
  expect(await row(area)).toMatchObject({ lossKwh: null, quality: { unknownInputs: 1 } });
});

it('trust good values alone', async () => {
  await addPoint('BAD', 'kWh');
  const values = midnights((day) => 100 + day, 31);
  await record('BAD', ...values.map(([at, value], i): Sample => [at, value, i === 1 ? { quality: 'bad' } : {}]));
  expect(await row(await addArea(inputPoints('BAD')))).toMatchObject({ inputKwh: '29', lossKwh: null });
});

it('of a month that is half over, and of a point that is gone, are unknown', async () => {
  const id = await addArea(inputPoints('IN'));
  expect(await row(id, { from: '2026-06-01', to: '2026-06-16' })).toMatchObject({ inputKwh: '0', lossKwh: null });
  await addPoint('GONE');
  const left = await addArea(inputPoints('GONE'));
  const session = openSession(tenant);
  const gone = await session.require(pointEntity, { id: 'GONE' });
  await session.transact('scada', (unit) => unit.delete(pointEntity, gone));
  const made = await report([left]);
  expect(await linesOf(made.id)).toMatchObject([{ findings: ['unknown_meter', 'unread'] }]);
});

it('are refused where they count no energy, belong to another or are named twice', async () => {
  await addPoint('KW', 'kW');
  await addPoint('THEIRS', 'kWh', 'stranger');
  const make = async (body: object) =>
    (await call('POST', '', { body: { name: 'N', kind: 'feeder', ...body } })).status;
  expect(await make(inputPoints('KW'))).toBe(422);
  expect(await make(inputPoints('THEIRS'))).toBe(404);
  expect(await make(inputPoints('IN', 'IN'))).toBe(422);
  const id = await addArea(inputPoints('IN'));
  expect((await call('PUT', `/${id}`, { body: { inputPoints: null } })).body.data).not.toHaveProperty('inputPoints');
});
