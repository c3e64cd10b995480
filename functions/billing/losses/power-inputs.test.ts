/** Loss reports whose input is the power that a station measures: integrated from values as its gateway sends them, and marked. */
import { beforeAll, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import type { PointSample } from '../../../layers/scada/value-chunk.ts';
import { pointEntity } from '../../scada/points/point-entity.ts';
import { createPointSchema } from '../../scada/points/point-schema.ts';
import { recordValues } from '../../scada/values/history-store.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { lossReporting } from '../test-support/loss-reporting.ts';
import type { LossReportMessage } from './start-loss-report.ts';
import { workOnLossReport } from './work-on-loss-report.ts';

const stack = useBillingStack();
const tenant = 'powers';
const { call, addArea, report, row, linesOf, start, read } = lossReporting(stack, tenant);
const minute = 60_000;
const always = { from: '2026-01-01' };
/** Local midnight of Aden before 1 April. */
const t0 = Date.UTC(2026, 2, 31, 21);
const days = (from: number, to: number) => ({
  from: `2026-04-${String(from).padStart(2, '0')}`,
  to: `2026-04-${String(to).padStart(2, '0')}`,
});

async function addPoint(id: string, unit = 'MW', owner = tenant): Promise<void> {
  const point = {
    id,
    name: id,
    deviceId: `dev-${id}`,
    pointType: 'analog_input',
    address: '1',
    dataType: 'float32',
    unit,
  };
  await openSession(owner).transact('scada', (unitOfWork) =>
    unitOfWork.create(pointEntity, { ...createPointSchema.parse(point), id, stationId: 'SUB-1' }),
  );
}

type Sample = [minutes: number, value: number | undefined, quality?: PointSample['quality']];
async function record(id: string, samples: readonly Sample[]): Promise<void> {
  const own = samples.map(([at, value, quality = 'good']) => ({ timeMs: t0 + at * minute, value, quality }));
  const device = { session: openSession(tenant), deviceId: `dev-${id}`, samples: new Map([[id, own]]), keepDays: 4000 };
  expect(await recordValues([device])).toBe(true);
}
const every = (step: number, from: number, to: number, power: (minutes: number) => number): Sample[] =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, i): Sample => [from + i * step, power(from + i * step)]);
const power = (pointId: string, more: object = {}) => ({
  inputPoints: [{ pointId, ...always, measures: 'power', ...more }],
});

beforeAll(async () => {
  await stack.addTenant(tenant);
  await stack.addTenant('stranger');
  for (const id of ['P', 'GAPS', 'COUNT']) await addPoint(id, id === 'COUNT' ? 'MWh' : 'MW');
  // By day 2 MW, from 18:00 to 06:00 3 MW; on the second day from noon to two 0.5 MW flow back.
  const feeder = (at: number): number => {
    if (at >= 2160 && at < 2280) return -0.5;
    const ofDay = (at + 14_400) % 1440;
    return ofDay >= 360 && ofDay < 1080 ? 2 : 3;
  };
  await record('P', every(30, -60, 4 * 1440, feeder));
  // 1 MW; bad for ten minutes of the first day, for half an hour of the second, and silent for two hours of the third.
  const steady = every(10, -60, 4 * 1440, () => 1).filter(([at]) => at < 3600 || at >= 3720);
  const bad =
    (from: number, to: number) =>
    ([at, value]: Sample): Sample =>
      at >= from && at < to ? [at, undefined, 'bad'] : [at, value];
  await record('GAPS', steady.map(bad(600, 610)).map(bad(2000, 2030)));
});

it('integrate both directions apart, and say that it is integrated', async () => {
  const made = await report([await addArea({ ...power('P'), technicalLossPercent: '5' })], days(1, 4));
  // 3 days of 12 x 2 + 12 x 3 MWh, less 2 h of 2 MW, in which 0.5 flowed back.
  expect(made.result).toMatchObject([
    {
      ...{ inputKwh: '176000', returnedKwh: '1000', netInputKwh: '175000', lossKwh: '175000' },
      technicalLossKwh: '8800',
      quality: {
        inputIntegratedKwh: '176000',
        inputIntegratedPercent: '100.00',
        inputBridgedKwh: '0',
        unknownInputs: 0,
      },
    },
  ]);
  expect(await linesOf(made.id)).toMatchObject([
    { pointId: 'P', importKwh: '176000', exportKwh: '1000', integrated: true, findings: [] },
  ]);
  // Positive values that flow back out: the other way round, on the days they are the input.
  const turned = await addArea(power('P', { counts: 'returned', ...days(2, 3) }));
  expect(await row(turned, days(2, 3))).toMatchObject({ inputKwh: '1000', returnedKwh: '56000', lossKwh: '-55000' });
});

it('never pass for what a counter counted', async () => {
  await record(
    'COUNT',
    every(30, -60, 1500, (at) => 7 + at / 1440),
  );
  const both = [
    { pointId: 'P', ...always, measures: 'power' },
    { pointId: 'COUNT', ...always },
  ];
  const made = await report([await addArea({ inputPoints: both })], days(1, 2));
  expect(made.result).toMatchObject([
    { inputKwh: '61000', quality: { inputIntegratedKwh: '60000', inputIntegratedPercent: '98.36' } },
  ]);
  const lines = await linesOf(made.id);
  expect(lines.map(({ pointId, integrated }) => [pointId, integrated])).toEqual([
    ['COUNT', undefined],
    ['P', true],
  ]);
  const { text } = await call('GET', `/reports/${made.id}/csv`);
  expect(text).toContain('Input, from power kWh');
});

it('are known through gaps that may be bridged, and not in longer ones', async () => {
  const id = await addArea(power('GAPS'));
  expect(await row(id, days(1, 2))).toMatchObject({
    ...{ inputKwh: '24000', lossKwh: '24000' },
    quality: { inputBridgedKwh: '166.666667', unknownInputs: 0 },
  });
  const made = await report([id], days(2, 4));
  // 48 h less half an hour of the one day, and of the other the 130 minutes without a value, less the 65 that one holds.
  expect(made.result).toMatchObject([{ inputKwh: '46416.666667', lossKwh: null, quality: { unknownInputs: 1 } }]);
  expect(await linesOf(made.id)).toMatchObject([{ findings: ['incomplete'] }]);
  const patient = await addArea(power('GAPS', { bridgeMinutes: 65 }));
  expect(await row(patient, days(1, 4))).toMatchObject({ inputKwh: '72000', lossKwh: '72000' });
});

it('of a month that is not over, a point that is gone or was silent are unknown', async () => {
  expect(await row(await addArea(power('P')), days(4, 6))).toMatchObject({ lossKwh: null });
  await addPoint('GONE', 'kW');
  const left = await addArea(power('GONE'));
  const session = openSession(tenant);
  const gone = await session.require(pointEntity, { id: 'GONE' });
  await session.transact('scada', (unit) => unit.delete(pointEntity, gone));
  const made = await report([left], days(1, 2));
  expect(await linesOf(made.id)).toMatchObject([{ importKwh: null, findings: ['unknown_meter', 'unread'] }]);
});

it('of many days are integrated some days a message, each once, whatever breaks', async () => {
  const id = await addArea(power('P'));
  const { id: reportId } = await start([id], { from: '2026-03-25', to: '2026-04-29' });
  let [messages, breaks] = [0, 2];
  await stack.workOff('loss-reports', async (body) => {
    messages++;
    const work = () => workOnLossReport(JSON.parse(body) as LossReportMessage);
    await work();
    // Delivered again, as where the sender died before it was deleted.
    if (breaks-- > 0) await work();
  });
  const done = await read(reportId);
  expect(done.status).toBe('completed');
  // Four days of 60 MWh less 4, the hour before them, and 35 minutes that the last value holds.
  expect(done.result).toMatchObject([{ inputKwh: '240750', quality: { unknownInputs: 1 } }]);
  const kept = stack.tables
    .scan('billing')
    .filter((item: any) => item.pk.S.includes(reportId) && item.sk.S.includes('POWER'));
  expect(kept.map((item: any) => item.days.L.length)).toEqual([31, 4]);
  // One to plan, two for 35 days, and those that were sent twice.
  expect(messages).toBeGreaterThanOrEqual(3);
  expect(messages).toBeLessThan(8);
});

it('are refused where they measure no power, have what counters have, or belong to another', async () => {
  await addPoint('THEIRS', 'kW', 'stranger');
  const make = async (body: object) =>
    (await call('POST', '', { body: { name: 'N', kind: 'feeder', ...body } })).status;
  expect(await make(power('COUNT'))).toBe(422);
  expect(await make(power('P', { measures: 'energy' }))).toBe(422);
  expect(await make(power('THEIRS'))).toBe(404);
  expect(await make(power('P', { rollsOverAtKwh: 1000 }))).toBe(422);
  expect(await make({ inputPoints: [{ pointId: 'COUNT', ...always, bridgeMinutes: 5 }] })).toBe(422);
  expect(await make(power('P', { bridgeMinutes: 1441 }))).toBe(400);
});
