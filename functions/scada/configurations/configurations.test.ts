import { describe, expect, it } from 'vitest';
import { parseStationConfiguration } from '../../../layers/station/check-configuration.ts';
import {
  type ConfigUpMessage,
  configDownCodec,
  configUpCodec,
  unpackConfiguration,
} from '../../../layers/station/messages.ts';
import { handler as takeReports } from '../ingest/reports-handler.ts';
import { handler as points } from '../points/handler.ts';
import { addDevice, addLine, addPoint } from '../test-support/plant.ts';
import { deliver, type RequestOptions, useScadaStack } from '../test-support/scada-stack.ts';
import { handler as configurations } from './handler.ts';
import { directoryOf } from './load-directory.ts';

const stack = useScadaStack();
const call = (method: string, path: string, options?: RequestOptions) =>
  stack.request(configurations, method, `/api/scada/configurations${path}`, options);
const publish = () => call('POST', '/ST-1');

/** Sends a message as the gateway and gives back what was published to it. */
async function asGateway(message: ConfigUpMessage, stationId = 'ST-1') {
  stack.published.length = 0;
  stack.pass(1);
  const topic = `mizan/${stationId}/gateway/config`;
  expect(await deliver(takeReports, [{ topic, payload: configUpCodec.encode(message) }])).toEqual([]);
  return stack.published.map(({ topic: to, payload }) => ({ topic: to, message: configDownCodec.decode(payload) }));
}

const asks = (part: number, version: number | null, appliedVersion: number | null = null): ConfigUpMessage => ({
  type: 'request',
  version,
  part,
  appliedVersion,
});

describe('a configuration', () => {
  it('is a document the gateway takes, fetched by MQTT part by part', async () => {
    await addLine(stack, { name: 'cfg' });
    await addDevice(stack, { name: 'cfg' }, 'cfg-rtu', { assetId: 'TRF-1', manufacturer: 'Acrel' });
    await addPoint(stack, 'cfg-rtu', 'cfg.v', { role: 'asset_reading', description: 'for people', alarmHigh: 250 });
    await addPoint(stack, 'cfg-rtu', 'cfg.sum', { address: undefined, dataType: undefined, expression: '[cfg.v] * 2' });
    await addPoint(stack, 'cfg-rtu', 'cfg.off', { isActive: false });
    expect((await call('GET', '/ST-1/preview')).body.data.points.added).toEqual(['cfg.v']);
    const made = await publish();
    expect(made).toMatchObject({
      status: 201,
      body: {
        data: {
          stationId: 'ST-1',
          configurationVersion: 1,
          publishedBy: 'usr_tester',
          counts: { connections: 1, devices: 1, points: 1, derivedPoints: 1 },
        },
      },
    });
    // Told at once, and again to whoever asks.
    const [announced] = stack.published.map(({ payload }) => configDownCodec.decode(payload));
    expect(announced).toMatchObject({ type: 'announce', version: 1, parts: 1, sha256: made.body.data.sha256 });
    const [offered] = await asGateway(asks(0, null));
    expect(offered).toMatchObject({ topic: 'mizan/ST-1/platform/config', message: { type: 'announce', version: 1 } });
    const [part] = await asGateway(asks(1, 1));
    const data = part!.message.type === 'part' ? part!.message.data : '';
    const document = unpackConfiguration(Buffer.from(data, 'base64'), made.body.data.sha256);
    const configuration = parseStationConfiguration(document);
    expect(configuration).toMatchObject({ stationId: 'ST-1', version: 1 });
    expect(configuration.devices).toMatchObject([{ id: 'cfg-rtu', connectionId: 'cfg-line' }]);
    expect(configuration.points.map(({ id }) => id)).toEqual(['cfg.v']);
    expect(configuration.derivedPoints).toMatchObject([{ id: 'cfg.sum', expression: '[cfg.v] * 2' }]);
  });

  it('is published only when something changed, a role included', async () => {
    expect(await publish()).toMatchObject({ status: 409 });
    await stack.request(points, 'PUT', '/api/scada/points/cfg.v', { body: { role: 'fault' } });
    expect((await publish()).body.data.configurationVersion).toBe(2);
  });

  it('is offered no more to a gateway that has it or refused it', async () => {
    expect((await asGateway(asks(0, 2, 2)))[0]!.message).toMatchObject({ type: 'current', version: 2 });
    const refused = { ...asks(0, 1, 1), refusedVersion: 2 } as ConfigUpMessage;
    expect((await asGateway(refused))[0]!.message).toMatchObject({ type: 'current' });
    expect((await asGateway(asks(0, 1, 1)))[0]!.message).toMatchObject({ type: 'announce', version: 2 });
    expect(await asGateway(asks(7, 2))).toEqual([]);
    expect(await asGateway(asks(1, 99))).toEqual([]);
  });

  it('keeps what the gateway made of it, once and by the latest word', async () => {
    const problems = [{ path: 'points[cfg.v].address', message: 'No such register.' }];
    const at = Date.now();
    const refusal = { type: 'refused', version: 2, appliedVersion: 1, stage: 'invalid', problems, timeMs: at } as const;
    await asGateway(refusal);
    await asGateway(refusal);
    expect((await call('GET', '/ST-1')).body.data[0]).toMatchObject({
      configurationVersion: 2,
      outcome: { status: 'refused', stage: 'invalid', problems },
    });
    expect(stack.events('station.configuration_refused')).toHaveLength(1);
    await asGateway({ type: 'applied', version: 2, timeMs: at + 1000 });
    await asGateway(refusal);
    expect((await call('GET', '/ST-1/2')).body.data.outcome.status).toBe('applied');
    expect(stack.events('station.configuration_applied')).toHaveLength(1);
  });

  it('can be compared and published again under a new number', async () => {
    await stack.request(points, 'PUT', '/api/scada/points/cfg.v', { body: { alarmHigh: 240 } });
    await publish();
    expect((await call('GET', '/ST-1/3/diff')).body.data.points.changed).toEqual([
      { id: 'cfg.v', fields: { alarmHigh: { old: 250, new: 240 } } },
    ]);
    const restored = await call('POST', '/ST-1/2/restore', { body: { comment: 'It rang too often.' } });
    expect(restored.body.data).toMatchObject({ configurationVersion: 4, restoredFrom: 2 });
    const changed = (await call('GET', '/ST-1/4/diff', { query: { against: '2' } })).body.data;
    expect(changed.points.changed).toEqual([]);
    expect((await call('GET', '/ST-1/4')).body.data.document.points[0].alarmHigh).toBe(250);
    // The rows themselves stayed, so publishing takes them again.
    expect((await publish()).body.data.configurationVersion).toBe(5);
  });

  it('goes to one of many who publish at once', async () => {
    await stack.request(points, 'PUT', '/api/scada/points/cfg.v', { body: { alarmHigh: 230 } });
    const answers = await Promise.all([publish(), publish(), publish()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });

  it('that the gateway would refuse is not published, and every problem is named', async () => {
    await addPoint(stack, 'cfg-rtu', 'cfg.loop', { address: undefined, dataType: undefined, expression: '[nobody]' });
    await addPoint(stack, 'cfg-rtu', 'cfg.order', { alarmLow: 10, alarmHigh: 5 });
    const { status, body } = await publish();
    expect(status).toBe(422);
    const paths = body.errors.map(({ path }: any) => path);
    expect(paths).toEqual(
      expect.arrayContaining(['derivedPoints[cfg.loop].expression', 'points[cfg.order].alarmHigh']),
    );
    for (const id of ['cfg.loop', 'cfg.order']) await stack.request(points, 'DELETE', `/api/scada/points/${id}`);
  });

  it('is unknown to other tenants', async () => {
    for (const [method, path] of [
      ['GET', '/ST-1'],
      ['POST', '/ST-1'],
      ['GET', '/ST-1/preview'],
      ['GET', '/ST-1/1'],
      ['GET', '/ST-1/2/diff'],
      ['POST', '/ST-1/1/restore'],
    ] as const)
      expect((await call(method, path, { tenantId: 'b' })).status, path).toBe(404);
  });
});

describe('the directory of points', () => {
  it('knows the points of the published configuration, and looks up those that are younger', async () => {
    await addPoint(stack, 'cfg-rtu', 'cfg.young');
    const directory = await directoryOf(stack.session(), 'ST-1', ['cfg.young', 'cfg.v', 'nobody']);
    expect(directory.points.get('cfg.v')).toMatchObject({ deviceId: 'cfg-rtu', assetId: 'TRF-1', role: 'fault' });
    expect(directory.points.get('cfg.young')).toMatchObject({ deviceId: 'cfg-rtu' });
    expect(directory.points.has('nobody')).toBe(false);
  });

  it('takes no point of another station', async () => {
    const directory = await directoryOf(stack.session('b'), 'ST-9', ['cfg.v']);
    expect(directory.points.size).toBe(0);
  });
});
