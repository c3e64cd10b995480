/**
 * A station with its real gateway on the running platform: what the field does arrives by all three protocols, and what an
 * operator orders happens in the field, once, with its select, in time, and is seen.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { utcTimeToEpochMs } from '../../edge-gateway/protocols/iec61850/index.ts';
import { iedDevice } from '../../local/station/ied.ts';
import { type LiveClient, listen } from '../support/live-client.ts';
import { type Api, eventually, expectOk, type Mizan, startMizan } from '../support/mizan.ts';
import { addColleague, settled, startTestStation, type TestStation } from '../support/station.ts';

let mizan: Mizan;
let station: TestStation;
let live: LiveClient;
let colleague: Api;
let keys = 0;

beforeAll(async () => {
  mizan = await startMizan({ meters: 1 });
  const { stationId, apiKey } = mizan.north;
  live = await listen(mizan.platform.endpoints.webSocketUrl!, apiKey);
  for (const channel of ['readings', 'alarms', 'status']) {
    live.send({ action: 'subscribe', channel, stationId, id: channel });
    await live.next(({ type, id }) => type === 'subscribed' && id === channel);
  }
  // After the listener: for two seconds it is still believed that nobody listens to values.
  [station, colleague] = await Promise.all([startTestStation(mizan), addColleague(mizan)]);
});
afterAll(async () => {
  live?.close();
  await station?.stop();
  await mizan?.stop();
});

const api = (...call: Parameters<Api>) => mizan.north.api(...call);
const order = (control: string, code: 'trip' | 'close', expiresInSeconds = 30) =>
  api(
    'POST',
    `/api/scada/controls/${control}/execute`,
    { action: { kind: 'operate', code }, expiresInSeconds },
    { 'idempotency-key': `order-${keys++}` },
  );
const given = async (...what: Parameters<typeof order>): Promise<any> => expectOk(await order(...what)).data;
const stepsOf = ({ steps }: { steps: { status: string }[] }): string[] => steps.map(({ status }) => status);
const valueAt = (pointId: string, satisfies: (value: any) => boolean) =>
  eventually(
    async () => (await station.live()).get(pointId)?.value,
    (value) => value !== undefined && satisfies(value),
  );

describe('the field', () => {
  it('arrives by all three protocols, good and as the plant is', async () => {
    const rows = await eventually(station.live, (values) =>
      [...values.values()].every((value) => value?.quality === 'good'),
    );
    expect(rows.size).toBeGreaterThan(40);
    const { consumers, feeders, transformerC } = station.field.plant;
    // The plant flickers and moved on since.
    const near = (pointId: string, wanted: number) =>
      expect(Math.abs((rows.get(pointId)!.value as number) / wanted - 1), pointId).toBeLessThan(0.3);
    near('M1.voltage_l1', consumers.market.voltageV);
    near('M1.active_power', consumers.market.activeW / 1000);
    near('M1.energy_import', consumers.market.importWh / 1000);
    near('M2.active_power', consumers.waterworks.activeW);
    near('M3.active_power', consumers.mill.activeW / 1000);
    near('M3.energy_import', consumers.mill.importWh);
    near('F1.active_power', feeders.F1.activeKw);
    near('F2.active_power', feeders.F2.activeKw);
    near('T1.temperature', transformerC);
    expect(rows.get('Q1.position')!.value).toBe('on');
    expect(rows.get('Q2.position')!.value).toBe('on');
  });

  it('raises an alarm that is told live, acknowledged by a person, and closes when its cause is gone', async () => {
    station.field.plant.setExtraLoad('F1', 8_000);
    station.field.refresh();
    const raised = await live.next(
      ({ event, data }) => event === 'alert.raised' && data.pointId === 'F1.current_l1',
      20_000,
    );
    await live.next(({ event }) => event === 'network.overload', 20_000);
    const path = `/api/scada/alarms/${raised.data.id}`;
    expect(expectOk(await api('PUT', `${path}/acknowledge`, {})).data).toMatchObject({
      status: 'acknowledged',
      active: true,
    });
    station.field.plant.setExtraLoad('F1', 0);
    station.field.refresh();
    await live.next(({ event, data }) => event === 'alert.closed' && data.id === raised.data.id, 20_000);
    expect(expectOk(await api('GET', path)).data).toMatchObject({
      status: 'closed',
      active: false,
      closedBy: 'system',
    });
  });
});

describe('an order to the RTU', () => {
  it('trips the breaker by select before operate, and the position is seen to change', async () => {
    const { id } = await given('Q1.control', 'trip');
    const command = await settled(mizan, id);
    expect(command).toMatchObject({ status: 'verified', mode: 'select_before_operate', readBack: 'off' });
    expect(stepsOf(command)).toEqual(expect.arrayContaining(['sent', 'sending', 'executed', 'confirmed']));
    const did = station.field.rtu.commands.map(({ step, to }) => `${step} ${to}`);
    expect(did).toEqual(['select off', 'operate off']);
    await live.next(
      ({ event, data }) => event === 'control.command_updated' && data.id === id && data.status === 'verified',
      20_000,
    );
    await live.next(({ event, data }) => event === 'network.switch_changed' && data.position === 'open', 20_000);
    await live.next(
      ({ type, data }) =>
        type === 'values' && data.some((row: any) => row.pointId === 'Q1.position' && row.value === 'off'),
      20_000,
    );
    const { data: history } = expectOk(await api('GET', '/api/scada/controls/Q1.control/history'));
    expect(history[0]).toMatchObject({ id, status: 'verified', final: true });
  });

  it('takes the load away: currents and the meters’ voltage are zero', async () => {
    await Promise.all(
      ['F1.current_l1', 'M1.voltage_l1', 'M2.active_power'].map((id) => valueAt(id, (value) => value === 0)),
    );
    expect((await station.live()).get('M3.voltage_l1')!.value).toBeGreaterThan(200);
  });

  it('is recorded with the time of the device, to the millisecond', async () => {
    const { timeMs } = station.field.rtu.outstation.read('double_bit_input', 0)!;
    const recorded = await station.history('Q1.position');
    const off = recorded.findLast(({ value }) => value === 'off')!;
    expect(off).toEqual({ value: 'off', quality: 'good', time: new Date(timeMs).toISOString() });
    expect(recorded.map(({ value }) => value).slice(-3)).toEqual(['on', 'intermediate', 'off']);
  });

  it('is refused in the field while the station is switched to local', async () => {
    station.field.rtu.setRemote(false);
    await valueAt('Q1.remote', (value) => value === false);
    const before = station.field.rtu.commands.length;
    expect(await settled(mizan, (await given('Q1.control', 'close')).id)).toMatchObject({ status: 'refused' });
    expect(station.field.rtu.commands).toHaveLength(before);
    station.field.rtu.setRemote(true);
    await valueAt('Q1.remote', (value) => value === true);
  });

  it('is not carried out when it comes after its expiry', async () => {
    const before = station.field.rtu.commands.length;
    process.kill(station.gateway.pid, 'SIGSTOP');
    const { id, validUntil } = await given('Q1.control', 'close', 1);
    await eventually(
      async () => Date.now(),
      (now) => now > Date.parse(validUntil) + 200,
    );
    process.kill(station.gateway.pid, 'SIGCONT');
    expect(await settled(mizan, id)).toMatchObject({ status: 'expired' });
    expect(station.field.rtu.commands).toHaveLength(before);
  });

  it('closes the breaker again', async () => {
    expect(await settled(mizan, (await given('Q1.control', 'close')).id)).toMatchObject({ status: 'verified' });
    await valueAt('M1.voltage_l1', (value) => value > 200);
  });
});

describe('an order to the IED', () => {
  it('waits for a second person, and is executed by select before operate with enhanced security', async () => {
    expectOk(await api('PUT', '/api/scada/points/Q2.control', { approval: 'two_person' }));
    const { id, status } = await given('Q2.control', 'trip');
    expect(status).toBe('requested');
    const owner = await mizan.north.api('POST', `/api/scada/commands/${id}/approve`);
    expect(owner.status).toBe(403);
    expect(station.field.ied.commands).toEqual([]);
    expectOk(await colleague('POST', `/api/scada/commands/${id}/approve`));
    expect(await settled(mizan, id)).toMatchObject({ status: 'verified', readBack: 'off' });
    expect(station.field.ied.commands.map(({ to }) => to)).toEqual(['off']);
    await valueAt('F2.active_power', (value) => value === 0);
    await valueAt('M3.voltage_l1', (value) => value === 0);
  });

  it('is recorded with the time of the report', async () => {
    const time = station.field.ied.server.read(`${iedDevice}/XCBR1.Pos.t[ST]`);
    const timeMs = time.type === 'utc-time' ? utcTimeToEpochMs(time.value) : 0;
    const recorded = await station.history('Q2.position');
    expect(recorded.map(({ value }) => value)).toEqual(['on', 'intermediate', 'off']);
    expect(Math.abs(Date.parse(recorded[2]!.time) - timeMs)).toBeLessThanOrEqual(1);
  });

  it('is refused by the IED with its cause when the breaker is there already', async () => {
    const { id } = await given('Q2.control', 'trip');
    expectOk(await colleague('POST', `/api/scada/commands/${id}/approve`));
    expect(await settled(mizan, id)).toMatchObject({ status: 'refused', code: 'position-reached' });
    expect(station.field.ied.commands).toHaveLength(1);
  });
});
