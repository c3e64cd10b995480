/** Highest demands from what a meter registers and keeps: which billing period a value is of is known, or it does not count. */
import { describe, expect, it } from 'vitest';
import { createMeterSchema, type Meter } from '../meters/meter-schema.ts';
import { highestDemand } from './demand-register.ts';
import type { MeterReading } from './readings-store.ts';

const day = 86_400_000;
const start = Date.UTC(2026, 3, 1);
const end = start + 30 * day;
const meter = {
  ...createMeterSchema.parse({ id: 'M', model: 'DTSD', stationId: 'ST-1', phases: 3, ratedCurrentA: 100 }),
  ...{ status: 'active', stations: [] },
  devices: [{ serialNumber: 'M', digits: 6, decimals: 2 }],
} as unknown as Meter;

/** At days since the beginning: the register of the whole, and others by code. */
const reading = (at: number, kwh: number, registers: Record<string, number> = {}): MeterReading => ({
  ...{ timeMs: start + at * day, register: kwh * 1e6, receivedMs: 0, source: 'api' },
  registers: Object.fromEntries(Object.entries(registers).map(([code, value]) => [code, value * 1e6])),
});
const demandOf = (...readings: MeterReading[]) => {
  const { highest, isKeptUndated } = highestDemand(meter, readings, start, end);
  return highest === undefined ? (isKeptUndated ? 'undated' : 'unknown') : Number(highest) / 1e6;
};
const counted = (counter: number, now: number) => ({ '0-0:0.1.0': counter, '1-0:1.6.0': now });

describe('by the counter of billing periods', () => {
  it.each<[string, number | string, MeterReading, MeterReading]>([
    [
      'is of the period that ended since',
      18.4,
      reading(0, 0, counted(1, 0)),
      reading(30, 200, { ...counted(2, 0), '1.6.0*01': 30, '1.6.0*02': 18.4 }),
    ],
    [
      'is of all that ended since',
      21,
      reading(0, 0, counted(1, 0)),
      reading(30, 200, { ...counted(3, 0), '1.6.0*02': 21, '1.6.0*03': 18.4, '1.6.0*01': 30 }),
    ],
    [
      'goes on after 12',
      30,
      reading(0, 0, counted(12, 0)),
      reading(30, 200, { ...counted(1, 0), '1.6.0*01': 30, '1.6.0*12': 40 }),
    ],
    [
      'goes on after 99',
      30,
      reading(0, 0, counted(99, 0)),
      reading(30, 200, { ...counted(0, 0), '1.6.0*00': 30, '1.6.0*99': 40 }),
    ],
    [
      'is not what stood there at the beginning',
      4,
      reading(0, 0, counted(1, 30)),
      reading(30, 200, { ...counted(2, 4), '1.6.0*02': 30 }),
    ],
    [
      'says that none ended',
      'undated',
      reading(0, 0, counted(1, 9)),
      reading(30, 200, { ...counted(1, 9), '1.6.0*01': 30 }),
    ],
    [
      'does not say it where one was not kept',
      'undated',
      reading(0, 0, counted(1, 0)),
      reading(30, 200, { ...counted(3, 0), '1.6.0*03': 18.4 }),
    ],
  ])('a kept demand %s', (_, expected, first, last) => {
    expect(demandOf(first, last)).toBe(expected);
  });
});

describe('by the energy that was kept with it', () => {
  const kept = { '1-0:1.6.0*03': 40, '1-0:1.8.0*03': 1000, '1-0:1.6.0*04': 18.4, '1-0:1.8.0*04': 1200 };
  it.each<[string, number | string, MeterReading[]]>([
    ['one reading after the end is enough', 18.4, [reading(0, 1000), reading(30, 1200, kept)]],
    [
      'also one of the days after',
      18.4,
      [reading(0, 1000), reading(30, 1200), reading(32, 1210, { ...kept, '1.6.0': 99 })],
    ],
    [
      'a period that ended in the month counts from its beginning on, and the present one, too',
      20,
      [
        reading(-1, 990),
        reading(0, 1000),
        reading(20, 1200),
        reading(21, 1207, { ...kept, '1.6.0': 20 }),
        reading(30, 1280),
      ],
    ],
    [
      'a period that began before the month does not tell',
      'undated',
      [reading(-3, 940), reading(-2, 1000), reading(0, 1013), reading(30, 1200, kept)],
    ],
    [
      'nor one that ends after it',
      'undated',
      [reading(0, 1000), reading(30, 1190), reading(32, 1195), reading(33, 1210, kept)],
    ],
    ['readings a month apart do not tell the day', 'undated', [reading(-4, 950), reading(33, 1250, kept)]],
    [
      'the period before is needed to know when one began',
      'undated',
      [reading(0, 1000), reading(30, 1200, { '1.6.0*04': 18.4, '1.8.0*04': 1200 })],
    ],
    [
      'without it nothing is known of one reading',
      'undated',
      [reading(0, 1000), reading(30, 1200, { '1.6.0*04': 18.4, '1.6.0*03': 40 })],
    ],
    ['and without anything kept nothing at all', 'unknown', [reading(0, 1000), reading(30, 1200)]],
  ])('%s', (_, expected, readings) => {
    expect(demandOf(...readings)).toBe(expected);
  });
});
