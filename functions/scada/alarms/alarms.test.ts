import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Alarm as Reported } from '../../../layers/station/messages.ts';
import { handler as settings } from '../settings/handler.ts';
import { handler as stations } from '../stations/handler.ts';
import { alarmAt, gatewayOf } from '../test-support/gateway.ts';
import { addDevice, addLine, addPoint } from '../test-support/plant.ts';
import { iso, minuteMs, type RequestOptions, useScadaStack } from '../test-support/scada-stack.ts';
import { handler as runTimers } from '../timers/run-timers.ts';
import { handler as alarms } from './handler.ts';

const stack = useScadaStack();
const gateway = gatewayOf(stack);
const call = (method: string, path: string, options?: RequestOptions) =>
  stack.request(alarms, method, `/api/scada/alarms${path}`, options);
const active = async (query: Record<string, string> = {}) => (await call('GET', '/active', { query })).body.data;
const ofPoint = async (pointId: string) => (await call('GET', '', { query: { pointId } })).body.data;
const cleared = (alarm: Reported, timeMs: number): Reported => ({ ...alarm, state: 'cleared', timeMs });
const told = (alarmId: string) =>
  stack
    .events()
    .filter(({ aggregateId, type }) => aggregateId === alarmId && type.startsWith('alert.'))
    .map(({ type }) => type);

beforeAll(async () => {
  await addLine(stack, { name: 'alm' });
  await addDevice(stack, { name: 'alm' }, 'alm-1', { assetId: 'TRF-1' });
  for (const id of ['t1', 't2', 't3', 't4']) await addPoint(stack, 'alm-1', id);
  await addPoint(stack, 'alm-1', 'oil', { role: 'transformer_temperature' });
  await addPoint(stack, 'alm-1', 'load', { role: 'feeder_load', networkElementId: 'F-1' });
});
beforeEach(() => stack.pass(10 * minuteMs));

describe('an alarm', () => {
  it('is one, raised once and cleared once, however often and in whatever order it is told', async () => {
    const t = Date.now();
    const raised = alarmAt('t1', t);
    await gateway.alarms([cleared(raised, t + 5000)]);
    await gateway.alarms([raised]);
    await Promise.all([1, 2, 3].map(() => gateway.alarms([raised, cleared(raised, t + 5000)])));
    const [alarm, ...others] = await ofPoint('t1');
    expect(others).toEqual([]);
    expect(alarm).toMatchObject({
      stationId: 'ST-1',
      pointId: 't1',
      deviceId: 'alm-1',
      kind: 'high',
      status: 'raised',
      active: false,
      title: { en: 't1: too high (95 / 90)', ar: 't1: مرتفع (95 / 90)' },
      value: 95,
      limit: 90,
      raisedAt: iso(t),
      clearedAt: iso(t + 5000),
    });
    expect(told(alarm.id)).toEqual(['alert.raised']);
  });

  it('that was cleared waits for a person, who is thereby done with it', async () => {
    const [alarm] = await ofPoint('t1');
    const seen = await call('PUT', `/${alarm.id}/acknowledge`, {
      body: { comment: 'Fan was off.' },
      subject: 'usr_op',
    });
    expect(seen.body.data).toMatchObject({
      status: 'closed',
      acknowledgedBy: 'usr_op',
      closedBy: 'system',
      comments: [{ by: 'usr_op', text: 'Fan was off.' }],
    });
    expect(await active()).toEqual([]);
    expect(told(alarm.id)).toEqual(['alert.raised', 'alert.acknowledged', 'alert.closed']);
    expect((await call('PUT', `/${alarm.id}/acknowledge`)).status).toBe(409);
    expect((await call('PUT', `/${alarm.id}/close`)).status).toBe(409);
  });

  it('that was acknowledged closes by itself when it is cleared', async () => {
    const t = Date.now();
    await gateway.alarms([alarmAt('t1', t)]);
    const [alarm] = await active();
    expect((await call('PUT', `/${alarm.id}/acknowledge`)).body.data.status).toBe('acknowledged');
    expect(await active()).toHaveLength(1);
    await gateway.alarms([cleared(alarmAt('t1', t), t + 1000)]);
    expect((await call('GET', `/${alarm.id}`)).body.data).toMatchObject({ status: 'closed', closedBy: 'system' });
    expect(told(alarm.id)).toEqual(['alert.raised', 'alert.acknowledged', 'alert.cleared', 'alert.closed']);
  });

  it('whose condition is there is closed only with a reason, and stays closed', async () => {
    const t = Date.now();
    await gateway.alarms([alarmAt('t1', t)]);
    const [alarm] = await active();
    expect((await call('PUT', `/${alarm.id}/close`)).status).toBe(422);
    const closed = await call('PUT', `/${alarm.id}/close`, { body: { comment: 'Sensor is being changed.' } });
    expect(closed.body.data).toMatchObject({ status: 'closed', closedBy: 'usr_tester', active: true });
    await gateway.alarms([cleared(alarmAt('t1', t), t + 1000)]);
    expect((await call('GET', `/${alarm.id}`)).body.data).toMatchObject({
      status: 'closed',
      closedBy: 'usr_tester',
      active: false,
    });
    const history = (await call('GET', `/${alarm.id}/history`)).body.data;
    expect(history[0]).toMatchObject({ action: 'update', actor: { id: 'usr_tester' } });
  });

  it('is changed on the version somebody saw', async () => {
    await gateway.alarms([alarmAt('t1', Date.now())]);
    const [alarm] = await active();
    const headers = { 'if-match': '"99"' };
    expect((await call('PUT', `/${alarm.id}/acknowledge`, { headers })).status).toBe(412);
    const both = await Promise.all([call('PUT', `/${alarm.id}/acknowledge`), call('PUT', `/${alarm.id}/acknowledge`)]);
    expect(both.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    expect(told(alarm.id).filter((type) => type === 'alert.acknowledged')).toHaveLength(1);
    await call('PUT', `/${alarm.id}/close`, { body: { comment: 'done' } });
  });

  it('is unknown to other tenants', async () => {
    const [alarm] = await ofPoint('t1');
    for (const [method, path, body] of [
      ['GET', ''],
      ['GET', '/history'],
      ['PUT', '/acknowledge', {}],
      ['PUT', '/close', {}],
      ['PUT', '/shelve', { until: iso(Date.now() + minuteMs) }],
      ['PUT', '/unshelve', {}],
      ['PUT', '/escalate', {}],
      ['POST', '/comments', { comment: 'x' }],
    ] as const)
      expect((await call(method, `/${alarm.id}${path}`, { tenantId: 'b', body })).status, path).toBe(404);
    expect((await call('GET', '', { tenantId: 'b' })).body.data).toEqual([]);
  });
});

describe('lists of alarms', () => {
  it('hold the newest first, of all stations or one, a page at a time', async () => {
    const t = Date.now();
    for (let i = 0; i < 12; i++) await gateway.alarms([alarmAt('t2', t + i, { priority: i % 2 ? 'low' : 'high' })]);
    const pages: string[] = [];
    let cursor: string | undefined;
    do {
      const { body } = await call('GET', '', { query: { pointId: 't2', limit: '5', ...(cursor ? { cursor } : {}) } });
      pages.push(...body.data.map(({ raisedAt }: any) => raisedAt));
      cursor = body.pagination.nextCursor ?? undefined;
    } while (cursor);
    expect(pages).toEqual(Array.from({ length: 12 }, (_, i) => iso(t + 11 - i)));
    expect(await active({ priority: 'high' })).toHaveLength(6);
    const query = { from: iso(t + 3), to: iso(t + 6) };
    const station = await stack.request(stations, 'GET', '/api/scada/stations/ST-1/alarms', { query });
    expect(station.body.data.length).toBeGreaterThanOrEqual(3);
    expect((await stack.request(stations, 'GET', '/api/scada/stations/ST-1/alarms', { tenantId: 'b' })).status).toBe(
      404,
    );
    for (const { id } of await active()) await call('PUT', `/${id}/close`, { body: { comment: 'done' } });
    expect(await active()).toEqual([]);
    expect((await call('GET', '', { query: { status: 'closed', limit: '200' } })).body.data.length).toBeGreaterThan(12);
  });
});

describe('escalation', () => {
  it('raises the priority of what nobody acknowledges, step by step, and tells each', async () => {
    await gateway.alarms([alarmAt('t3', Date.now(), { priority: 'medium' })]);
    const [alarm] = await active();
    const priority = async () => (await call('GET', `/${alarm.id}`)).body.data.priority;
    stack.pass(59 * minuteMs);
    await runTimers();
    expect(await priority()).toBe('medium');
    stack.pass(2 * minuteMs);
    await runTimers();
    await runTimers();
    expect(await priority()).toBe('high');
    stack.pass(16 * minuteMs);
    await runTimers();
    expect(await priority()).toBe('critical');
    expect(told(alarm.id)).toEqual(['alert.raised', 'alert.escalated', 'alert.escalated']);
    await call('PUT', `/${alarm.id}/acknowledge`);
    stack.pass(60 * minuteMs);
    await runTimers();
    expect(told(alarm.id).filter((type) => type === 'alert.escalated')).toHaveLength(2);
    expect((await call('PUT', `/${alarm.id}/escalate`)).status).toBe(409);
    await call('PUT', `/${alarm.id}/close`, { body: { comment: 'done' } });
  });

  it('can be done by a person', async () => {
    await gateway.alarms([alarmAt('t3', Date.now(), { priority: 'low' })]);
    const [alarm] = await active();
    const { body } = await call('PUT', `/${alarm.id}/escalate`, { body: { comment: 'Hospital feeder.' } });
    expect(body.data).toMatchObject({ priority: 'medium', escalations: 1, comments: [{ text: 'Hospital feeder.' }] });
    await call('PUT', `/${alarm.id}/close`, { body: { comment: 'done' } });
  });
});

describe('the shelf', () => {
  it('keeps an alarm out of sight until its time, and not from being escalated afterwards', async () => {
    await gateway.alarms([alarmAt('t4', Date.now(), { priority: 'high' })]);
    const [alarm] = await active();
    const until = iso(Date.now() + 60 * minuteMs);
    for (const wrong of [iso(Date.now() - 1), iso(Date.now() + 8 * 24 * 60 * minuteMs)])
      expect((await call('PUT', `/${alarm.id}/shelve`, { body: { until: wrong } })).status).toBe(422);
    await call('PUT', `/${alarm.id}/shelve`, { body: { until, comment: 'Maintenance.' } });
    expect(await active()).toEqual([]);
    expect(await active({ includeShelved: 'true' })).toHaveLength(1);
    stack.pass(30 * minuteMs);
    await runTimers();
    expect((await call('GET', `/${alarm.id}`)).body.data).toMatchObject({ priority: 'high', shelved: true });
    stack.pass(31 * minuteMs);
    await runTimers();
    expect(await active()).toMatchObject([{ id: alarm.id, shelved: false }]);
    stack.pass(16 * minuteMs);
    await runTimers();
    expect(told(alarm.id)).toEqual(['alert.raised', 'alert.shelved', 'alert.unshelved', 'alert.escalated']);
    expect((await call('PUT', `/${alarm.id}/unshelve`)).status).toBe(409);
    await call('PUT', `/${alarm.id}/close`, { body: { comment: 'done' } });
  });
});

describe('a flood', () => {
  it('is told as one alarm, lets critical ones through, and loses none that is still there when it ebbs away', async () => {
    await stack.request(settings, 'PUT', '/api/scada/settings', { body: { floodLimitPerMinute: 10 } });
    stack.pass(minuteMs);
    const t = Date.now();
    const flood = Array.from({ length: 40 }, (_, i) => alarmAt(`f${i}`, t + i));
    await gateway.alarms(flood);
    await gateway.alarms([alarmAt('worst', t + 50, { priority: 'critical' })]);
    let list = await active({});
    expect(list.filter(({ kind }: any) => kind === 'high')).toHaveLength(11);
    const summary = list.find(({ kind }: any) => kind === 'flood');
    expect(summary).toMatchObject({ suppressedCount: 30, priority: 'high', active: true });
    // Told again, nothing is counted twice as an alarm.
    await gateway.alarms(flood.slice(0, 5));
    // Half of those held back go by themselves meanwhile.
    await gateway.alarms(flood.slice(25).map((alarm) => cleared(alarm, t + 1000)));
    const before = stack.events('alert.raised').length;
    for (let i = 0; i < 6; i++) {
      stack.pass(2 * minuteMs + 1000);
      await runTimers();
    }
    list = await active({});
    const shown = list.filter(({ kind }: any) => kind === 'high').map(({ pointId }: any) => pointId);
    expect(new Set(shown)).toEqual(new Set([...flood.slice(0, 25).map(({ pointId }) => pointId), 'worst']));
    expect(stack.events('alert.raised').length - before).toBe(15);
    expect((await call('GET', `/${summary.id}`)).body.data).toMatchObject({ active: false });
    // What went by itself is in the station's history.
    const query = { from: iso(t), to: iso(t + 40), limit: '200' };
    const station = await stack.request(stations, 'GET', '/api/scada/stations/ST-1/alarms', { query });
    expect(station.body.data.filter(({ suppressed, status }: any) => suppressed && status === 'closed')).toHaveLength(
      15,
    );
    for (const { id } of await active()) await call('PUT', `/${id}/close`, { body: { comment: 'done' } });
  });
});

describe('by the role of its point', () => {
  it('an alarm is an overload of the network, or a fault of an asset', async () => {
    const t = Date.now();
    await gateway.alarms([alarmAt('load', t), alarmAt('oil', t, { kind: 'high_high', priority: 'high' })]);
    await gateway.alarms([alarmAt('load', t), alarmAt('oil', t + 1, { kind: 'communication' })]);
    expect(stack.events('network.overload').map(({ payload }) => payload)).toMatchObject([
      { stationId: 'ST-1', elementId: 'F-1', pointId: 'load', value: 95, limit: 90 },
    ]);
    expect(stack.events('asset.fault_detected').map(({ payload }) => payload)).toMatchObject([
      { assetId: 'TRF-1', pointId: 'oil', faultType: 'transformer_temperature', priority: 'high' },
    ]);
  });
});

describe('settings', () => {
  it('that two save at once, also for the first time, are both saved, unless a version is named', async () => {
    const save = (tenantId: string, headers = {}) =>
      Promise.all(
        [{ floodLimitPerMinute: 20 }, { historyDays: 10 }].map((body) =>
          stack.request(settings, 'PUT', '/api/scada/settings', { body, tenantId, headers }),
        ),
      );
    expect((await save('settings-race')).map(({ status }) => status)).toEqual([200, 200]);
    const { body } = await stack.request(settings, 'GET', '/api/scada/settings', { tenantId: 'settings-race' });
    expect(body.data).toMatchObject({ floodLimitPerMinute: 20, historyDays: 10, version: 2 });
    const named = await save('settings-named', { 'if-match': '"0"' });
    expect(named.map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  it('have defaults, change one by one, and are each tenant’s own', async () => {
    const of = async (tenantId: string) =>
      (await stack.request(settings, 'GET', '/api/scada/settings', { tenantId })).body.data;
    expect(await of('b')).toMatchObject({ floodLimitPerMinute: 60, twoPersonApproval: false, version: 0 });
    expect((await of('a')).floodLimitPerMinute).toBe(10);
    const wrong = [{ floodLimitPerMinute: 0 }, { colour: 1 }, { escalateAfterMinutes: { low: 1 } }];
    for (const body of wrong)
      expect((await stack.request(settings, 'PUT', '/api/scada/settings', { body })).status).toBe(400);
  });
});
