/** Every route, called by a tenant with the ids of another: nothing is read, nothing is changed. Generated from the route tables. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { domains } from '../../infra/domains.ts';
import { tenantPrefix } from '../../layers/kernel/data/keys.ts';
import type { Resource, Route, Routes } from '../../layers/kernel/http/route.ts';
import { connectMeter } from '../support/meter-client.ts';
import { apiWith, eventually, expectOk, type Mizan, startMizan } from '../support/mizan.ts';
import { rowsOf } from '../support/rows.ts';

interface Case {
  name: string;
  route: Route;
  path: string;
}

const cases: Case[] = domains.flatMap(({ resources }) =>
  resources.flatMap(({ resource }) =>
    Object.entries((resource as Resource<Routes>).routes).map(([name, route]) => ({
      name,
      route: route as Route,
      path: (resource as Resource<Routes>).base + (route as Route).path,
    })),
  ),
);
const guarded = cases.filter(({ route }) => route.access !== 'public');

let mizan: Mizan;
/** Ids that belong to tenant north, by the path they appear in. */
const northIds: [prefix: string, id: string][] = [];

beforeAll(async () => {
  mizan = await startMizan();
  const { north, platform } = mizan;
  const meter = await connectMeter(platform.endpoints.mqttUrl, north.apiKey);
  await meter.publishReading(north.stationId, north.meterIds[0]!, 7);
  await meter.publish(`acrel/${north.stationId}/meter/${north.meterIds[0]}/data`, 'garbage');
  const first = async (path: string): Promise<string> =>
    (
      await eventually(
        async () => (await north.api('GET', path)).json?.data,
        (list) => list?.length > 0,
      )
    )[0].id;
  const webhook = expectOk(
    await north.api('POST', '/api/v1/developer/webhooks', {
      name: 'secret-north-hook',
      url: 'https://partner.example.com/north',
      // Never published here, so that nothing of the endpoint changes by itself.
      subscribedEvents: ['station.updated'],
    }),
  ).data.id;
  const make = async (path: string, body: object): Promise<string> =>
    expectOk(await north.api('POST', path, body)).data.id;
  const scada = { stationId: north.stationId, name: 'secret-north-device' };
  const protocolId = await make('/api/scada/protocols', { ...scada, protocolType: 'modbus', host: 'h', port: 502 });
  const deviceId = await make('/api/scada/devices', { ...scada, protocolId });
  const control = { pointType: 'binary_output', address: '1', dataType: 'boolean', writable: true };
  const pointId = await make('/api/scada/points', { deviceId, name: 'secret-north-device', ...control });
  await make('/api/scada/gateways', { id: north.stationId, name: 'secret-north-device' });
  expectOk(await north.api('POST', `/api/scada/configurations/${north.stationId}`));
  await make('/api/scada/topology/elements', { id: 'SS-N', name: 'secret-north-device', kind: 'substation' });
  northIds.push(
    ['/api/scada/protocols', protocolId],
    ['/api/scada/devices', deviceId],
    ['/api/scada/points', pointId],
    ['/api/scada/controls', pointId],
    ['/api/scada/gateways', north.stationId],
    ['/api/scada/configurations', north.stationId],
    ['/api/scada/topology/elements', 'SS-N'],
    ['/api/billing/meters', north.meterIds[0]!],
    ['/api/billing/rejected-readings', await first('/api/billing/rejected-readings')],
    ['/api/scada/stations', north.stationId],
    ['/api/core/tenants', north.id],
    ['/api/v1/developer/api-keys', await first('/api/v1/developer/api-keys')],
    ['/api/v1/developer/events', await first('/api/v1/developer/events')],
    ['/api/v1/developer/webhooks', webhook],
  );
  await meter.close();
});
afterAll(() => mizan?.stop());

/** The path with ids of tenant north wherever an id stands. */
function withNorthIds(path: string): string {
  const id =
    northIds.filter(([prefix]) => path.startsWith(prefix)).sort((a, b) => b[0].length - a[0].length)[0]?.[1] ??
    'unknown-1';
  return path.replaceAll(/\{\w+\}/g, encodeURIComponent(id));
}

/** Every row of north in every table, to see that nothing moved. Who calls how often is counted in `limits`. */
function rowsOfNorth(): string {
  const prefix = tenantPrefix(mizan.north.id);
  const rows: string[] = [];
  for (const item of rowsOf(mizan.platform, (table) => !table.includes('limits')))
    if (item['pk']?.S?.startsWith(prefix)) rows.push(JSON.stringify(item));
  return rows.sort().join('\n');
}

describe('without a credential', () => {
  it.each(guarded)('$name refuses', async ({ route, path }) => {
    const answer = await apiWith(mizan.platform.endpoints.restUrl)(
      route.method,
      withNorthIds(path),
      route.body ? {} : undefined,
    );
    expect(answer.status).toBe(401);
  });
});

describe('with a credential that is not good', () => {
  it.each(guarded)('$name refuses with a problem', async ({ route, path }) => {
    const forged = `mzn_local_${'a'.repeat(10)}_${'b'.repeat(43)}`;
    const answer = await apiWith(mizan.platform.endpoints.restUrl, forged)(
      route.method,
      withNorthIds(path),
      route.body ? {} : undefined,
    );
    expect(answer).toMatchObject({ status: 401, json: { success: false, code: 'unauthenticated' } });
  });
});

describe('without the permission', () => {
  let powerless: string;
  beforeAll(async () => {
    powerless = expectOk(
      await mizan.south.api('POST', '/api/v1/developer/api-keys', {
        name: 'powerless',
        scopes: ['metering:nothing:ever'],
        rateLimitPerMinute: 10_000,
      }),
    ).data.key;
  });
  it.each(guarded.filter(({ route }) => route.access !== 'authenticated'))('$name refuses', async ({ route, path }) => {
    const answer = await apiWith(mizan.platform.endpoints.restUrl, powerless)(
      route.method,
      withNorthIds(path),
      route.body ? {} : undefined,
    );
    expect(answer.status).toBe(403);
  });
});

describe('with the ids of another tenant', () => {
  it.each(guarded)('$name shows and changes nothing of it', async ({ route, path }) => {
    const before = rowsOfNorth();
    const target = withNorthIds(path);
    for (const body of route.body ? [{}, { id: 'own-1', name: 'x', isActive: false }] : [undefined]) {
      const answer = await mizan.south.api(route.method, target, body);
      expect(answer.status, answer.text).toBeLessThan(500);
      // Its own id may be repeated in an error message; nothing else of north may appear.
      for (const secret of [
        'secret-north-hook',
        'secret-north-device',
        'partner.example.com/north',
        'north station',
        mizan.north.email,
        mizan.north.apiKey,
      ])
        expect(answer.text).not.toContain(secret);
      if (path.includes('{') && answer.status < 300)
        throw new Error(`${route.method} ${target} answered ${answer.status}: ${answer.text.slice(0, 300)}`);
    }
    expect(rowsOfNorth()).toBe(before);
  });
});
