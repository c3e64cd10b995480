/** What a reader is told to expect: from the meter's own pace, over a roll-over, and nothing where nothing is known. */
import { beforeAll, describe, expect, it } from 'vitest';
import { expectedReadings, isExpected, metersById, takeConfirmedReading, takeFieldReading } from '../contract.ts';
import { iso, startTime, useMeteringStack } from '../test-support/metering-stack.ts';
import { addReadings } from './add-readings.ts';

const stack = useMeteringStack();
const dayMs = 86_400_000;

const read = (meterId: string, readings: [daysAgo: number, kwh: string][]) =>
  addReadings(stack.session(), {
    readings: readings.map(([daysAgo, registerKwh]) => ({
      meterId,
      time: iso(startTime - daysAgo * dayMs),
      registerKwh,
    })),
    source: 'api',
    locale: 'en',
  });
const expected = async (meterId: string, daysAhead = 0) => {
  const meters = await metersById(stack.session(), [meterId]);
  return (await expectedReadings(stack.session(), [...meters.values()], startTime + daysAhead * dayMs)).get(meterId)!;
};

beforeAll(async () => {
  for (const id of ['E-1', 'E-2', 'E-3', 'E-4', 'E-5']) await stack.addMeter({ id, digits: 5 });
});

describe('the expected reading', () => {
  it('follows the pace of the weeks before the last one', async () => {
    await read('E-1', [
      [60, '1000'],
      [30, '1300'],
    ]);
    expect(await expected('E-1')).toEqual({
      last: { time: iso(startTime - 30 * dayMs), registerKwh: '1300', source: 'api' },
      perDayKwh: '10',
      expected: { lowKwh: '1445', highKwh: '1755' },
    });
    for (const [kwh, fits] of [
      ['1445', true],
      ['1444.9', false],
      ['1755', true],
      ['1756', false],
    ] as const)
      expect(isExpected(await expected('E-1'), kwh)).toBe(fits);
  });

  it('is told in tenths of a kilowatt-hour, and never narrower by them', async () => {
    await read('E-5', [
      [60, '1000'],
      [30, '1299.97'],
    ]);
    expect((await expected('E-5')).expected).toEqual({ lowKwh: '1444.9', highKwh: '1755' });
    expect((await expected('E-5', 0.123)).expected).toEqual({ lowKwh: '1445.5', highKwh: '1756.8' });
  });

  it('rolls over with the register', async () => {
    await read('E-2', [
      [60, '99500'],
      [30, '99800'],
    ]);
    const known = await expected('E-2');
    expect(known.expected).toEqual({ lowKwh: '99945', highKwh: '255' });
    for (const [kwh, fits] of [
      ['99950', true],
      ['100', true],
      ['300', false],
      ['99900', false],
    ] as const)
      expect(isExpected(known, kwh)).toBe(fits);
  });

  it('is unknown without a pace, and then everything fits', async () => {
    expect(await expected('E-3')).toEqual({});
    await read('E-3', [[5, '10']]);
    const known = await expected('E-3');
    expect(known).toEqual({ last: { time: iso(startTime - 5 * dayMs), registerKwh: '10', source: 'api' } });
    expect(isExpected(known, '99999')).toBe(true);
  });
});

describe('a field reading', () => {
  it('is refused with its reason, and taken once a person stands by it', async () => {
    await read('E-4', [[10, '500']]);
    const reading = { meterId: 'E-4', time: iso(startTime - dayMs), registerKwh: '400' };
    expect(await takeFieldReading(stack.session(), reading, 'ar')).toMatchObject({
      reason: 'register_decreased',
      message: expect.stringContaining('السجل'),
    });
    expect(await takeConfirmedReading(stack.session(), reading, 'en')).toBeUndefined();
    expect((await expected('E-4')).last).toMatchObject({ registerKwh: '400', source: 'mobile' });
  });
});
