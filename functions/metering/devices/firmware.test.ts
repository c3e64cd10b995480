/** Firmware: only the announced bytes are released, devices are offered what is meant for them, and failures stop a rollout. */
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { callHandler, testPrincipal } from '../../../test/support/call-handler.ts';
import { useDeviceBackends } from '../test-support/device-backends.ts';
import { deliver, iso, startTime, useMeteringStack } from '../test-support/metering-stack.ts';
import { handler } from './handler.ts';
import { placeInRollout } from './rollout.ts';
import { handler as statuses } from './status-consumer.ts';

const stack = useMeteringStack();
useDeviceBackends(startTime);
const base = '/api/v1/iot';
const call = (method: string, path: string, body?: unknown, tenantId = 'tenant-a') =>
  stack.request(handler, method, base + path, { tenantId, ...(body === undefined ? {} : { body }) });
const keys = new Map<string, string>();
const self = async (id: string) =>
  (
    await callHandler(handler, {
      method: 'GET',
      path: `${base}/self`,
      as: testPrincipal('tenant-a', {
        subject: keys.get(id)!,
        kind: 'api_key',
        permissions: ['metering:readings:publish'],
      }),
    })
  ).body.data;
const report = (id: string, content: object) =>
  deliver(statuses as never, [
    { topic: `acrel/ST-1/device/${id}/status`, payload: { timestamp: iso(Date.now()), ...content } },
  ]);
const ended = (id: string, rolloutId: string, state: string) =>
  report(id, { update: { rollout_id: rolloutId, state } });

const file = Buffer.from('firmware 2.0');
const announce = (firmwareVersion: string, more: object = {}) =>
  call('POST', '/firmware', {
    model: 'DCU-200',
    firmwareVersion,
    sizeBytes: file.length,
    sha256: createHash('sha256').update(file).digest('hex'),
    ...more,
  });
const upload = ({ url, headers }: any, body: Buffer) => {
  const { 'content-length': _, ...sent } = headers;
  return fetch(url, { method: 'PUT', headers: sent, body: new Uint8Array(body) });
};
let firmwareId: string;
const ids = Array.from({ length: 12 }, (_, i) => `F-${i}`);

beforeAll(async () => {
  for (const [i, id] of ids.entries()) {
    const group = i < 6 ? 'pilot' : 'rest';
    const device = { id, type: 'concentrator', serialNumber: id, model: 'DCU-200', stationId: 'ST-1', group };
    await call('POST', '/devices', device);
    await call('POST', `/devices/${id}/provision`);
    keys.set(id, (await call('GET', `/devices/${id}`)).body.data.keyId);
  }
});

describe('a firmware', () => {
  it('is released when its file is there, and is the announced one', async () => {
    const { body } = await announce('2.0');
    firmwareId = body.data.firmware.id;
    expect((await announce('2.0')).status).toBe(409);
    expect((await call('POST', `/firmware/${firmwareId}/release`)).status).toBe(422);
    expect((await upload(body.data.upload, Buffer.from('firmware 6.6'))).status).toBe(400);
    expect((await upload(body.data.upload, file)).status).toBe(200);
    expect((await call('POST', '/rollouts', { firmwareId })).status).toBe(409);
    expect((await call('POST', `/firmware/${firmwareId}/release`)).body.data.status).toBe('released');
    expect((await call('POST', `/firmware/${firmwareId}/upload`)).status).toBe(409);
    const { url } = (await call('GET', `/firmware/${firmwareId}/file`)).body.data;
    expect(new URL(url).pathname).toBe(`/firmware/tenant-a/${firmwareId}.bin`);
    expect(await (await fetch(url)).text()).toBe('firmware 2.0');
  });

  it('of another tenant does not exist', async () => {
    for (const path of [`/firmware/${firmwareId}`, `/firmware/${firmwareId}/file`])
      expect((await call('GET', path, undefined, 'tenant-b')).status).toBe(404);
    for (const path of [`/firmware/${firmwareId}/upload`, `/firmware/${firmwareId}/release`])
      expect((await call('POST', path, undefined, 'tenant-b')).status).toBe(404);
    expect((await call('POST', '/rollouts', { firmwareId }, 'tenant-b')).status).toBe(404);
  });
});

describe('a rollout', () => {
  it('is offered to its group and share, to the same devices when it grows', async () => {
    const { id } = (await call('POST', '/rollouts', { firmwareId, group: 'pilot', percent: 50 })).body.data;
    const offered = async () => {
      const found = await Promise.all(ids.map(async (device) => ((await self(device)).firmware ? device : undefined)));
      return found.filter((device) => device !== undefined);
    };
    const inside = ids.slice(0, 6).filter((device) => placeInRollout(id, device) < 50);
    expect(await offered()).toEqual(inside);
    await call('PUT', `/rollouts/${id}`, { percent: 100 });
    expect(await offered()).toEqual(ids.slice(0, 6));
    const { firmware } = await self('F-0');
    expect(firmware).toMatchObject({ rolloutId: id, firmwareVersion: '2.0', sizeBytes: file.length });
    expect(await (await fetch(firmware.url)).text()).toBe('firmware 2.0');
    await report('F-0', { firmware_version: '2.0', update: { rollout_id: id, state: 'installed' } });
    expect(await offered()).toEqual(ids.slice(1, 6));
    await call('PUT', `/rollouts/${id}`, { status: 'paused' });
    expect(await offered()).toEqual([]);
    expect((await call('PUT', `/rollouts/${id}`, { status: 'cancelled' })).body.data.status).toBe('cancelled');
    expect((await call('PUT', `/rollouts/${id}`, { status: 'running' })).status).toBe(409);
  });

  it('pauses by itself when too many fail, each counted once', async () => {
    const order = { firmwareId, maxFailurePercent: 25, minEnded: 4 };
    const { id } = (await call('POST', '/rollouts', order)).body.data;
    await ended('F-1', id, 'installed');
    await ended('F-2', id, 'failed');
    await Promise.all([ended('F-2', id, 'failed'), ended('F-2', id, 'failed'), ended('F-3', id, 'installed')]);
    expect((await call('GET', `/rollouts/${id}`)).body.data).toMatchObject({
      status: 'running',
      installed: 2,
      failed: 1,
    });
    expect((await self('F-2')).firmware).toBeNull();
    await ended('F-4', id, 'installed');
    expect((await call('GET', `/rollouts/${id}`)).body.data.status).toBe('running');
    // Who changes one that runs decides nothing about its failures.
    await call('PUT', `/rollouts/${id}`, { maxFailurePercent: 24, status: 'running' });
    await ended('F-4', id, 'installed');
    expect((await call('GET', `/rollouts/${id}`)).body.data).toMatchObject({
      status: 'paused',
      pausedFor: 'failures',
      installed: 3,
      failed: 1,
    });
    expect((await self('F-5')).firmware).toBeNull();
    const alerts = stack.events('system.alert').filter(({ payload }) => payload.dedupeKey === `rollout-failing/${id}`);
    expect(alerts).toHaveLength(1);
    const devices = (await call('GET', `/rollouts/${id}/devices`)).body.data;
    expect(devices.map(({ deviceId, outcome }: any) => [deviceId, outcome])).toEqual([
      ['F-1', 'installed'],
      ['F-2', 'failed'],
      ['F-3', 'installed'],
      ['F-4', 'installed'],
    ]);
    const clearedAlerts = () => stack.events('system.alert_cleared').map(({ payload }) => payload.dedupeKey);
    await call('PUT', `/rollouts/${id}`, { minEnded: 2 });
    expect(clearedAlerts()).toEqual([]);
    expect((await call('PUT', `/rollouts/${id}`, { status: 'running' })).body.data.status).toBe('running');
    expect(clearedAlerts()).toEqual([`rollout-failing/${id}`]);
    expect((await self('F-5')).firmware).not.toBeNull();
    // Who let it go on knew of the failures: a success more is no reason to stop again, a failure more is.
    await ended('F-4', id, 'installed');
    expect((await call('GET', `/rollouts/${id}`)).body.data).toMatchObject({ status: 'running', acceptedFailures: 1 });
  });

  it('ends for everybody when the firmware is withdrawn', async () => {
    await call('POST', `/firmware/${firmwareId}/withdraw`);
    expect((await self('F-5')).firmware).toBeNull();
  });

  it('is not counted for what is no rollout of the tenant', async () => {
    const foreign = 'rol_01JGFJJZ00ABCDEFGHJKMNPQRS';
    expect(await ended('F-6', foreign, 'failed')).toEqual([]);
    expect(stack.count('metering', 'rollout counts')).toBe(1 + 1);
  });
});
