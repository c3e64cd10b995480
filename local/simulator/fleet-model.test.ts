import { expect, test } from 'vitest';
import { FleetModel, type FleetOptions } from './fleet-model.ts';
import { planFleet } from './fleet-plan.ts';
import type { FleetMessage } from './messages.ts';

const START = Date.parse('2026-04-26T00:00:00+03:00');
const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

function model(options: Partial<FleetOptions> = {}) {
  return new FleetModel({
    stations: planFleet(40, 1, 20),
    seed: 1,
    startMs: START,
    intervalMs: 15 * MINUTE_MS,
    faults: {},
    outagesPerDay: 0,
    ...options,
  });
}

const body = ({ payload }: FleetMessage) => JSON.parse(payload as string);
const ofKind = (messages: FleetMessage[], kind: FleetMessage['kind']) =>
  messages.filter((message) => message.kind === kind);

test('every meter and transformer reports once an interval, spread over it', () => {
  const fleet = model();
  const messages = [...fleet.advance(START + 60 * MINUTE_MS - 1)];
  expect(ofKind(messages, 'reading')).toHaveLength(40 * 4);
  expect(ofKind(messages, 'infrastructure')).toHaveLength(2 * 4);
  const minutes = new Set(ofKind(messages, 'reading').map((message) => body(message).timestamp.slice(0, 16)));
  expect(minutes.size).toBeGreaterThan(30);
});

test('messages have the documented topics and fields', () => {
  const messages = [...model().advance(START + 15 * MINUTE_MS)];
  const reading = ofKind(messages, 'reading')[0]!;
  expect(reading.topic).toMatch(/^acrel\/ST-\d{4}\/meter\/ACR-\d{6}\/data$/);
  expect(body(reading)).toEqual({
    event_type: 'meter_reading',
    timestamp: expect.stringMatching(/^2026-04-25T21:\d{2}:\d{2}Z$/),
    meter_id: reading.topic.split('/')[3],
    meter_type: expect.stringMatching(/^ADL\d00$/),
    data: {
      reading: expect.any(Number),
      consumption: expect.any(Number),
      voltage: expect.any(Number),
      current: expect.any(Number),
      power_factor: expect.any(Number),
    },
  });
  const transformer = ofKind(messages, 'infrastructure')[0]!;
  expect(transformer.topic).toMatch(/^acrel\/ST-\d{4}\/infrastructure\/ST-\d{4}-T1\/data$/);
  expect(body(transformer)).toMatchObject({
    event_type: 'infrastructure_reading',
    infrastructure_type: 'transformer',
    data: { oil_temperature_c: expect.any(Number), load_percent: expect.any(Number) },
  });
});

test('the same seed gives the same messages however time is cut; another seed gives others', () => {
  const options = { faults: { garbage: 0.2, jump: 0.2, restart: 0.2, silent: 0.2 }, outagesPerDay: 0.5 };
  const run = (stepMs: number, seed: number) => {
    const fleet = model({ ...options, seed });
    const messages: FleetMessage[] = [];
    for (let at = START; at < START + DAY_MS; ) {
      at = Math.min(at + stepMs, START + DAY_MS);
      messages.push(...fleet.advance(at));
    }
    return messages.map(({ topic, payload }) => `${topic} ${payload}`).sort();
  };
  expect(run(DAY_MS, 1)).toEqual(run(7.1 * MINUTE_MS, 1));
  expect(run(DAY_MS, 1)).not.toEqual(run(DAY_MS, 2));
});

test('an outage silences the meters of its station and only of its station', () => {
  const fleet = model({ outagesPerDay: 0.6, seed: 4 });
  const messages = [...fleet.advance(START + DAY_MS - 1)];
  const outages = ofKind(messages, 'status').filter((message) => body(message).reason === 'power_outage');
  const darkStations = new Set(outages.map(({ topic }) => topic.split('/')[1]));
  expect(darkStations.size).toBe(1);
  expect(outages).toHaveLength(20);
  const [dark] = darkStations;
  const from = Date.parse(body(outages[0]!).timestamp);
  const restored = ofKind(messages, 'status').find((message) => body(message).reason === 'power_restored')!;
  const to = Date.parse(body(restored).timestamp);
  expect(to - from).toBeGreaterThanOrEqual(29 * MINUTE_MS);

  const during = messages.filter((message) => {
    const at = Date.parse(body(message).timestamp);
    return message.kind !== 'status' && at > from + 1_000 && at < to - 1_000;
  });
  expect(during.filter(({ topic, kind }) => topic.split('/')[1] === dark && kind === 'reading')).toEqual([]);
  expect(during.some(({ topic, kind }) => topic.split('/')[1] !== dark && kind === 'reading')).toBe(true);
  const transformer = during.find(({ topic, kind }) => topic.split('/')[1] === dark && kind === 'infrastructure')!;
  expect(body(transformer).data).toMatchObject({ load_percent: 0, voltage: 0, current: 0 });
});

test('transformers carry the load of their meters, in a believable band', () => {
  const fleet = model({ stations: planFleet(250, 1) });
  const loads = ofKind([...fleet.advance(START + DAY_MS)], 'infrastructure').map((message) => body(message).data);
  const percents = loads.map(({ load_percent: percent }) => percent);
  expect(Math.max(...percents)).toBeGreaterThan(30);
  expect(Math.max(...percents)).toBeLessThan(110);
  expect(Math.min(...percents)).toBeGreaterThan(3);
  for (const { oil_temperature_c: temperature } of loads) {
    expect(temperature).toBeGreaterThan(20);
    expect(temperature).toBeLessThan(95);
  }
});

test('damaged messages are marked, and most cannot be taken for a reading', () => {
  const fleet = model({ faults: { garbage: 1 } });
  const damaged = [...fleet.advance(START + DAY_MS / 2)].filter((message) => message.damaged);
  expect(damaged.length).toBeGreaterThan(200);
  const readable = damaged.filter(({ payload }) => {
    try {
      const { data, timestamp } = JSON.parse(payload.toString());
      return data && typeof data.reading === 'number' && data.reading >= 0 && !Number.isNaN(Date.parse(timestamp));
    } catch {
      return false;
    }
  });
  expect(readable).toEqual([]);
});

test('voltage alerts mark the change into a state', () => {
  const messages = [...model({ stations: planFleet(250, 1) }).advance(START + DAY_MS)];
  const alerts = ofKind(messages, 'alert');
  expect(alerts.length).toBeGreaterThan(0);
  expect(alerts.length).toBeLessThan(ofKind(messages, 'reading').length * 0.02);
  for (const alert of alerts) {
    const { alert_type: type, value, threshold, severity } = body(alert);
    expect(severity).toBe('warning');
    expect(type === 'over_voltage' ? value > threshold : value < threshold).toBe(true);
  }
});

test('a relay command opens and closes the meter once', () => {
  const fleet = model();
  const [, station] = planFleet(40, 1, 20);
  const meter = fleet.meter(station!.id, station!.meters[0]!.id)!;
  const off = fleet.switchRelay(meter, false)!;
  expect(body(off)).toMatchObject({
    event_type: 'status_change',
    previous_status: 'connected',
    new_status: 'disconnected',
    reason: 'remote_command',
  });
  expect(fleet.switchRelay(meter, false)).toBeUndefined();
  const register = meter.registerKwh;
  for (const _ of fleet.advance(START + DAY_MS));
  expect(meter.registerKwh).toBe(register);
  expect(body(fleet.switchRelay(meter, true)!)).toMatchObject({ new_status: 'connected' });
});
