import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseStationConfiguration } from '../../../layers/station/check-configuration.ts';
import { ManualClock } from '../../drivers/manual-clock.ts';
import { convertValue, toRawValue } from './convert-value.ts';
import { createPointEngine, type Findings, type PointEngine } from './point-engine.ts';

let clock: ManualClock;
let engine: PointEngine;
beforeEach(() => {
  clock = new ManualClock();
  engine = createPointEngine(clock);
});

const point = (id: string, more: object = {}) => ({
  id,
  name: id,
  deviceId: 'd',
  pointType: 'analog_input',
  address: '1',
  dataType: 'float32',
  ...more,
});
function configuration(points: object[], derivedPoints: object[] = [], protocolType = 'modbus') {
  return parseStationConfiguration({
    formatVersion: 1,
    stationId: 'S',
    version: 1,
    issuedAt: '2026-01-01T00:00:00Z',
    connections: [{ id: 'c', name: 'c', protocolType }],
    devices: [{ id: 'd', name: 'd', connectionId: 'c' }],
    points,
    derivedPoints,
  });
}
const configure = (points: object[], derivedPoints: object[] = [], protocolType?: string): Findings =>
  engine.configure(configuration(points, derivedPoints, protocolType));
const say = (pointId: string, value: any, more: object = {}): Findings =>
  engine.samples([{ pointId, value, quality: 'good', ...more }]);
const told = ({ values }: Findings) => values.map(({ value }) => value);
const changes = ({ alarms }: Findings) => alarms.map(({ kind, state }) => `${kind} ${state}`);
/** Samples at one a second; what is told. */
const series = (values: number[]): unknown[] =>
  values.flatMap((value) => {
    clock.advance(1000);
    return told(say('p', value));
  });

describe('report by exception', () => {
  it.each<[string, object, number[], number[]]>([
    ['every change without a dead-band', {}, [1, 1, 2, 2, 1], [1, 2, 1]],
    [
      'what leaves an absolute dead-band of the value told',
      { deadbandAbsolute: 1 },
      [10, 10.5, 10.9, 11, 11.9, 9.9],
      [10, 11, 9.9],
    ],
    [
      'a slow drift, once it is large enough',
      { deadbandAbsolute: 1 },
      [0, 0.4, 0.8, 1.2, 1.6, 2.0, 2.4],
      [0, 1.2, 2.4],
    ],
    [
      'percent of the span',
      { deadbandPercent: 5, lowLimit: 0, highLimit: 200 },
      [100, 109, 110, 101, 100],
      [100, 110, 100],
    ],
    [
      'percent of the value where there is no span',
      { deadbandPercent: 10 },
      [100, 109, 110, 120, 121],
      [100, 110, 121],
    ],
    ['what leaves both', { deadbandAbsolute: 5, deadbandPercent: 1 }, [100, 104, 105], [100, 105]],
  ])('tells %s', (_, settings, given, expected) => {
    configure([point('p', settings)]);
    expect(series(given)).toEqual(expected);
  });

  it('tells the same value again when the refresh is due, and a change of quality at once', () => {
    configure([point('p', { refreshMs: 60_000, deadbandAbsolute: 10 })]);
    expect(told(say('p', 1))).toEqual([1]);
    clock.advance(59_000);
    expect(told(say('p', 2))).toEqual([]);
    expect(say('p', 2, { quality: 'uncertain', reason: 'x' }).values).toMatchObject([
      { quality: 'uncertain', reason: 'x' },
    ]);
    clock.advance(60_000);
    expect(told(say('p', 2, { quality: 'uncertain', reason: 'x' }))).toEqual([2]);
  });

  it('tells every event with its own time, in order, also one that is older than what is known', () => {
    configure([point('p', { deadbandAbsolute: 10 })], [], 'dnp3');
    const now = clock.now();
    const { events, values } = engine.samples([
      { pointId: 'p', value: 1, quality: 'good', sourceTimeMs: now - 3000, isEvent: true },
      { pointId: 'p', value: 2, quality: 'good', sourceTimeMs: now - 1000, isEvent: true },
      { pointId: 'p', value: 1, quality: 'good', sourceTimeMs: now - 2000, isEvent: true },
    ]);
    expect(values).toEqual([]);
    expect(events.map(({ value, timeMs }) => [value, timeMs - now])).toEqual([
      [1, -3000],
      [2, -1000],
      [1, -2000],
    ]);
    expect(engine.state('p')).toMatchObject({ value: 2 });
  });

  it('does not believe a device that lives days ahead', () => {
    configure([point('p')]);
    expect(say('p', 1, { sourceTimeMs: clock.now() + 3 * 86_400_000 }).values[0]).toEqual(
      expect.objectContaining({ timeMs: clock.now() }),
    );
  });

  it('keeps values of low priority apart, and counts samples nobody configured', () => {
    configure([point('p', { priority: 'low' })]);
    const findings = say('p', 1);
    expect([findings.values.length, findings.lowValues.length]).toEqual([0, 1]);
    say('stranger', 1);
    expect(engine.unknownSamples).toBe(1);
  });
});

describe('conversion', () => {
  const numeric = { pointType: 'analog_input' as const, scaleFactor: 0.1, offset: 0, lowLimit: -10, highLimit: 100 };
  it.each<[number | bigint | boolean, object]>([
    [3, { value: 0.3, quality: 'good' }],
    [2200, { value: 220, quality: 'uncertain', reason: 'out of range: above 100' }],
    [-101, { value: -10.1, quality: 'uncertain', reason: 'out of range: below -10' }],
    [10n, { value: 1, quality: 'good' }],
    [Number.NaN, { value: undefined, quality: 'bad', reason: 'not a finite number' }],
    [Number.POSITIVE_INFINITY, { value: undefined, quality: 'bad', reason: 'not a finite number' }],
  ])('of %s', (raw, expected) => {
    expect(convertValue(numeric, raw, 'good', undefined)).toEqual(expected);
  });

  it('keeps counters of 64 bits exact', () => {
    const counter = { pointType: 'counter' as const, scaleFactor: 1, offset: 0 };
    expect(convertValue(counter, 2n ** 63n, 'good', undefined).value).toBe(2n ** 63n);
  });

  it.each<[any, any, any]>([
    ['binary_input', 1, true],
    ['binary_input', 2, undefined],
    ['binary_input', 'on', undefined],
    ['double_bit', 2, 'on'],
    ['double_bit', 'off', 'off'],
    ['double_bit', 7, undefined],
    ['string', 'abc', 'abc'],
    ['analog_input', 'abc', undefined],
  ])('of a %s: %j', (pointType, raw, value) => {
    const converted = convertValue({ pointType, scaleFactor: 1, offset: 0 }, raw, 'good', undefined);
    expect(converted.value).toEqual(value);
    expect(converted.quality).toBe(value === undefined ? 'bad' : 'good');
  });

  it('writes what reads back the same', () => {
    const scaled = fc.record({
      scaleFactor: fc.constantFrom(0.1, 0.01, 2, 10, -1),
      offset: fc.integer({ min: -50, max: 50 }),
      raw: fc.integer({ min: -32_768, max: 65_535 }),
    });
    fc.assert(
      fc.property(scaled, ({ raw, ...rest }) => {
        const settings = { pointType: 'analog_output' as const, ...rest };
        const { value } = convertValue(settings, raw, 'good', undefined);
        expect(toRawValue(settings, value!)).toBeCloseTo(raw, 6);
      }),
    );
  });
});

describe('alarms', () => {
  it('of limits clear behind the hysteresis and not before', () => {
    configure([point('p', { alarmLow: 10, alarmHigh: 90, alarmHighHigh: 95, hysteresis: 5 })]);
    const seen = [50, 91, 96, 92, 89, 84.9, 9, 12, 15.1].map((value) => changes(say('p', value)).join());
    expect(seen).toEqual([
      '',
      'high raised',
      'high_high raised',
      '',
      'high_high cleared',
      'high cleared',
      'low raised',
      '',
      'low cleared',
    ]);
  });

  it('wait for their delay, start anew when the value comes back, and bear the time it began', () => {
    configure([point('p', { alarmHigh: 90, alarmDelayMs: 5_000, alarmClearDelayMs: 2_000 })]);
    say('p', 91);
    clock.advance(4_000);
    expect(changes(engine.tick())).toEqual([]);
    say('p', 50);
    clock.advance(4_000);
    expect(changes(engine.tick())).toEqual([]);
    const began = clock.now();
    say('p', 99);
    clock.advance(5_000);
    const { alarms } = engine.tick();
    expect(alarms).toMatchObject([
      { kind: 'high', state: 'raised', timeMs: began, raisedAtMs: began, value: 99, limit: 90 },
    ]);
    say('p', 10);
    clock.advance(1_999);
    expect(changes(engine.tick())).toEqual([]);
    clock.advance(1);
    expect(engine.tick().alarms).toMatchObject([{ state: 'cleared', alarmId: alarms[0]!.alarmId }]);
  });

  it('of states are raised by contacts and double-bit inputs', () => {
    configure([
      point('p', { pointType: 'binary_input', alarmStates: [1], priority: 'critical' }),
      point('q', { pointType: 'double_bit', alarmStates: ['intermediate', 'indeterminate'] }),
    ]);
    expect(say('p', true).alarms).toMatchObject([
      { kind: 'state', state: 'raised', priority: 'critical', value: true },
    ]);
    expect(changes(say('p', false))).toEqual(['state cleared']);
    expect(changes(say('q', 3))).toEqual(['state raised']);
  });

  it('neither begin nor end by a value nobody knows', () => {
    configure([point('p', { alarmHigh: 90 })]);
    say('p', 95);
    expect(changes(say('p', undefined, { quality: 'bad', reason: 'x' }))).toEqual([]);
    expect(changes(engine.silence({ connectionId: 'c' }, 'gone'))).toEqual([]);
    expect(changes(say('p', 95))).toEqual([]);
    expect(changes(say('p', 10))).toEqual(['high cleared']);
  });

  it('go on as the same after a restart, and end with the limit that made them', () => {
    configure([point('p', { alarmHigh: 90 }), point('q', { alarmHigh: 90 })]);
    const [raised] = say('p', 95).alarms;
    const next = createPointEngine(clock);
    next.resume([raised!]);
    expect(next.configure(configuration([point('p', { alarmHigh: 90 })])).alarms).toEqual([]);
    expect(next.samples([{ pointId: 'p', value: 96, quality: 'good' }]).alarms).toEqual([]);
    expect(next.counts().activeAlarms).toBe(1);
    expect(next.configure(configuration([point('p')])).alarms).toMatchObject([
      { alarmId: raised!.alarmId, state: 'cleared', reason: 'the configuration changed' },
    ]);
  });
});

describe('staleness', () => {
  it('comes after silence where the driver polls, and is told once', () => {
    configure([point('p', { scanRateMs: 10_000 }), point('never', { staleAfterMs: 0 })]);
    say('p', 5);
    say('never', 5);
    clock.advance(100_000);
    expect(engine.tick().values).toEqual([]);
    clock.advance(1_000);
    expect(engine.tick().values).toMatchObject([{ pointId: 'p', value: 5, quality: 'stale' }]);
    clock.advance(1_000);
    expect(engine.tick().values).toEqual([]);
    expect(say('p', 5).values).toMatchObject([{ quality: 'good' }]);
  });

  it('ends now, also when the device says that its value is older', () => {
    configure([point('p')], [], 'iec61850');
    const movedMs = clock.now() - 3_600_000;
    expect(say('p', 1, { sourceTimeMs: movedMs }).values).toMatchObject([{ timeMs: movedMs, timeBy: 'device' }]);
    clock.advance(10_000);
    const [gone] = engine.silence({ connectionId: 'c' }, 'cut').values;
    expect(gone).toMatchObject({ quality: 'stale', timeMs: clock.now() });
    clock.advance(10_000);
    const [back, ...others] = say('p', 1, { sourceTimeMs: movedMs }).values;
    expect(back).toMatchObject({ value: 1, quality: 'good', timeMs: clock.now() });
    expect(others).toEqual([]);
    engine.silence({ connectionId: 'c' }, 'cut');
    const trippedMs = clock.now() - 1;
    clock.advance(10_000);
    // Moved before anybody noticed that the line was cut: when is known, and that it is so now.
    expect(say('p', 0, { sourceTimeMs: trippedMs }).values).toMatchObject([
      { value: 0, quality: 'good', timeMs: trippedMs, timeBy: 'device' },
      { value: 0, quality: 'good', timeMs: clock.now() },
    ]);
  });

  it('leaves readings that a device kept while its broker was away in their own time', () => {
    configure([point('p')], [], 'mqtt');
    say('p', 1, { sourceTimeMs: clock.now() });
    clock.advance(10_000);
    engine.silence({ connectionId: 'c' }, 'cut');
    const keptMs = clock.now() - 5_000;
    expect(say('p', 2, { sourceTimeMs: keptMs }).values).toMatchObject([{ value: 2, timeMs: keptMs }]);
  });

  it('is not made of the silence of a device that tells changes only', () => {
    configure([point('p')], [], 'dnp3');
    say('p', 5);
    clock.advance(600_000);
    expect(engine.tick().values).toEqual([]);
  });
});

describe('derived points', () => {
  const derived = (id: string, expression: string, more: object = {}) => ({ id, name: id, expression, ...more });

  it('follow their inputs once per batch, through others, with the worst quality', () => {
    configure([point('V'), point('I')], [derived('S2', '[S] * 2', { alarmHigh: 10 }), derived('S', '[V] * [I]')]);
    expect(told(say('V', 2))).toEqual([2]);
    const { values, alarms } = engine.samples([
      { pointId: 'V', value: 3, quality: 'good' },
      { pointId: 'I', value: 4, quality: 'uncertain', reason: 'x' },
    ]);
    expect(values.map(({ pointId, value, quality }) => [pointId, value, quality])).toEqual([
      ['V', 3, 'good'],
      ['I', 4, 'uncertain'],
      ['S', 12, 'uncertain'],
      ['S2', 24, 'uncertain'],
    ]);
    expect(alarms).toMatchObject([{ pointId: 'S2', kind: 'high', limit: 10 }]);
    expect(say('I', undefined, { quality: 'bad', reason: 'x' }).values.slice(1)).toMatchObject([
      { pointId: 'S', value: undefined, quality: 'bad' },
      { pointId: 'S2', quality: 'bad' },
    ]);
  });

  it('turn stale with their inputs', () => {
    configure([point('V')], [derived('D', '[V] + 1')]);
    say('V', 1);
    expect(engine.silence({ connectionId: 'c', deviceId: 'd' }, 'gone').values).toMatchObject([
      { pointId: 'V', quality: 'stale', value: 1 },
      { pointId: 'D', quality: 'stale', value: 2 },
    ]);
  });
});

describe('another configuration', () => {
  it('keeps what is known of points that stay', () => {
    configure([point('p'), point('gone')]);
    say('p', 5);
    configure([point('p', { unit: 'V' })]);
    expect(engine.known('p')).toMatchObject({ value: 5, quality: 'good' });
    expect(engine.known('gone')).toBeUndefined();
    expect(engine.snapshot().values).toMatchObject([{ pointId: 'p', value: 5 }]);
  });
});
