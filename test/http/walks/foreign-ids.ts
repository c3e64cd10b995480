/** Routes called by one tenant with the ids of another: nothing is read, nothing is changed. */
import { tenantPrefix } from '../../../layers/kernel/data/keys.ts';
import { connectMeter } from '../../support/meter-client.ts';
import { apiWith, eventually, expectOk } from '../../support/mizan.ts';
import { rowsOf } from '../../support/rows.ts';
import { met } from './callers.ts';
import { type ListedRoute, type SharedMizan, said, withId } from './routes.ts';

/** Ids that belong to tenant north, by the path they appear in. */
export type ForeignIds = readonly [prefix: string, id: string][];

export async function makeForeignIds({ north, platform }: SharedMizan): Promise<ForeignIds> {
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
  await meter.close();
  return [
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
  ];
}

function withForeignId(path: string, ids: ForeignIds): string {
  const fitting = ids.filter(([prefix]) => path.startsWith(prefix));
  return withId(path, fitting.sort((a, b) => b[0].length - a[0].length)[0]?.[1] ?? 'unknown-1');
}

/** Every row of north in every table, to see that nothing moved. Who calls how often is counted in `limits`. */
export function rowsOfNorth({ north, platform }: SharedMizan): string[] {
  const prefix = tenantPrefix(north.id);
  const rows: string[] = [];
  for (const item of rowsOf(platform, (table) => !table.includes('limits')))
    if (item['pk']?.S?.startsWith(prefix)) rows.push(JSON.stringify(item));
  return rows.sort();
}

export async function* withForeignIds(
  { north, south, platform }: SharedMizan,
  { name, route, path }: ListedRoute,
  ids: ForeignIds,
  tokens: ReadonlyMap<string, string>,
): AsyncGenerator<string> {
  const target = withForeignId(path, ids);
  const asked: [who: string, api: typeof south.api, body: object | undefined][] = [];
  // Who runs the installation reaches other tenants: that is what these permissions are for.
  if (path.includes('{') && !route.access.startsWith('system:'))
    for (const role of met.get(name)!.may)
      asked.push([role, apiWith(platform.endpoints.restUrl, tokens.get(role)), route.body ? {} : undefined]);
  asked.push(['a key', south.api, route.body ? { id: 'own-1', name: 'x', isActive: false } : undefined]);
  for (const [who, api, body] of asked) {
    const answer = await api(route.method, target, body);
    // Its own id may be repeated in an error message; nothing else of north may appear.
    const shown = [
      'secret-north-hook',
      'secret-north-device',
      'partner.example.com/north',
      `${north.name} station`,
      north.email,
      north.apiKey,
    ].find((secret) => answer.text.includes(secret));
    if (shown !== undefined) yield `${who} sees ${shown}`;
    if (answer.status >= 500 || answer.status === 401 || (path.includes('{') && answer.status < 300))
      yield `${who}: ${said(answer)}`;
  }
}
