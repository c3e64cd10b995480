/** The catalogue of meter models over its handler, and what it does to meters that are registered, changed and exchanged. */
import { describe, expect, it } from 'vitest';
import { profiles } from '../../../edge-gateway/profiles/registry.ts';
import { handler as meters } from '../meters/handler.ts';
import { hourMs, iso, startTime, useMeteringStack } from '../test-support/metering-stack.ts';
import { builtInModels } from './find-model.ts';
import { handler } from './handler.ts';
import { createModelSchema } from './model-schema.ts';

const stack = useMeteringStack();
const call = (method: string, path = '', options?: object) =>
  stack.request(handler, method, `/api/billing/meter-models${path}`, options);
const add = (body: object, options: object = {}) =>
  call('POST', '', { body: { manufacturer: 'Own', ...body }, ...options });
const meter = (method: string, path: string, body?: object) =>
  stack.request(meters, method, `/api/billing/meters${path}`, body ? { body } : {});
const register = (id: string, model: string, more: object = {}) =>
  meter('POST', '', { id, model, stationId: 'ST-1', ...more });

describe('the catalogue', () => {
  it('has the built-in models, which say nothing that the device profiles do not', async () => {
    const { body } = await call('GET');
    expect(body.data.map(({ model }: any) => model)).toEqual([
      'ADL200',
      'ADL400',
      'ADW300',
      'DTSD1352',
      'STS-1P',
      'STS-3P',
    ]);
    for (const { builtIn, ...model } of builtInModels) {
      expect(createModelSchema.parse(model)).toEqual(model);
      if (model.deviceProfile === undefined) continue;
      const points = profiles
        .find(({ id }) => id === model.deviceProfile)!
        .points.filter(({ unit }) => unit === 'kWh' || unit === 'kvarh');
      expect(model.registers.map(({ obis, unit, decimals }) => [obis, unit, 10 ** -decimals!])).toEqual(
        points.map(({ obis, unit, scaleFactor }) => [obis, unit, scaleFactor]),
      );
    }
    expect((await call('GET', '/sts-1p')).body.data).toMatchObject({ model: 'STS-1P', prepaid: 'sts', builtIn: true });
  });

  it('takes a tenant’s own models, and shows them to nobody else', async () => {
    expect((await add({ model: 'ZX-1', phases: [3] })).body.data).toMatchObject({ builtIn: false, version: 1 });
    expect((await add({ model: 'zx-1' })).body.code).toBe('already_exists');
    expect((await call('GET', '/ZX-1', { tenantId: 'tenant-b' })).status).toBe(404);
    expect((await call('PUT', '/ZX-1', { tenantId: 'tenant-b', body: {} })).status).toBe(404);
    expect((await call('GET', '', { tenantId: 'tenant-b' })).body.data).toHaveLength(builtInModels.length);
    const changed = await call('PUT', '/zx-1', { body: { digits: 7, phases: null }, headers: { 'if-match': '"1"' } });
    expect(changed.body.data).toMatchObject({ model: 'ZX-1', digits: 7, version: 2 });
    expect(changed.body.data).not.toHaveProperty('phases');
    expect((await call('PUT', '/ZX-1', { body: {}, headers: { 'if-match': '"1"' } })).status).toBe(412);
  });

  it('never lets one stand in for a built-in model', async () => {
    expect((await add({ model: 'adl200' })).body.code).toBe('already_exists');
    expect((await call('PUT', '/ADL200', { body: { manufacturer: 'Me' } })).body.code).toBe('conflict');
  });

  it('pages over both kinds by name', async () => {
    for (const model of ['AAA', 'B-1', 'sts-1pa']) await add({ model }, { tenantId: 'tenant-b' });
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const query: Record<string, string> = { limit: '2', ...(cursor ? { cursor } : {}) };
      const { body } = await call('GET', '', { tenantId: 'tenant-b', query });
      expect(body.data.length).toBeLessThanOrEqual(2);
      found.push(...body.data.map(({ model }: any) => model));
      cursor = body.pagination.nextCursor;
    } while (cursor);
    expect(found).toEqual(['AAA', 'ADL200', 'ADL400', 'ADW300', 'B-1', 'DTSD1352', 'STS-1P', 'sts-1pa', 'STS-3P']);
    expect((await call('GET', '', { query: { cursor: 'ä' } })).body.code).toBe('invalid_cursor');
  });

  it.each([
    { model: 'N 1' },
    { model: 'N1', phases: [] },
    { model: 'N1', phases: [2] },
    { model: 'N1', registers: [{ obis: 'x', unit: 'kWh' }] },
    { model: 'N1', digits: 40 },
    { model: 'N1', maxCurrentA: { direct: -1 } },
  ])('refuses %j', async (body) => {
    expect((await add(body)).body.code).toBe('validation_failed');
  });
});

describe('a meter of a known model', () => {
  it('takes what it does not say from the model, and keeps what it does', async () => {
    expect((await register('MM-1', 'adl400')).body.data).toMatchObject({
      phases: 3,
      digits: 6,
      decimals: 1,
      ratedCurrentA: 80,
      devices: [{ decimals: 1 }],
    });
    expect((await register('MM-2', 'ADL400', { ctRatio: 40, decimals: 3 })).body.data).toMatchObject({
      ratedCurrentA: 6,
      decimals: 3,
    });
    expect((await register('MM-3', 'STS-3P')).body.data).toMatchObject({ type: 'sts', phases: 3, ratedCurrentA: 100 });
    await add({ model: 'OWN-2', type: 'manual', digits: 5, maxCurrentA: { direct: 60 } });
    expect((await register('MM-4', 'OWN-2')).body.data).toMatchObject({ type: 'manual', digits: 5, ratedCurrentA: 60 });
  });

  it.each([
    ['/ctRatio', 'ADL200', { ctRatio: 20 }],
    ['/ptRatio', 'ADL200', { ptRatio: 100 }],
    ['/phases', 'ADL200', { phases: 3 }],
    ['/phases', 'ADW300', { phases: 1 }],
    ['/ctRatio', 'STS-1P', { ctRatio: 5 }],
  ])('is refused at %s: %s %j', async (path, model, more) => {
    const { status, body } = await register('MM-NO', model, more);
    expect([status, body.errors[0].path]).toEqual([422, path]);
    expect((await meter('GET', '/MM-NO')).status).toBe(404);
  });

  it('of a name nobody knows is what its request says, as free text', async () => {
    for (const [i, model] of ['Siemens "S 1" #3', 'عداد', 'NOBODY-1'].entries())
      expect((await register(`MF-${i}`, model, { ctRatio: 20 })).body.data).toMatchObject({
        model,
        phases: 1,
        digits: 6,
        ctRatio: 20,
      });
    // A model of another tenant is such a name.
    await add({ model: 'THEIRS', connections: ['direct'] }, { tenantId: 'tenant-b' });
    expect((await register('MF-9', 'THEIRS', { ctRatio: 20 })).status).toBe(201);
  });

  it('cannot be changed or exchanged into what the model cannot be', async () => {
    await register('MC-1', 'Unknown', { ctRatio: 20, installedAt: iso(startTime - 48 * hourMs) });
    expect((await meter('PUT', '/MC-1', { model: 'ADL200' })).body.errors[0].path).toBe('/ctRatio');
    expect((await meter('PUT', '/MC-1', { model: 'ADL200', ctRatio: 1 })).status).toBe(200);
    expect((await meter('PUT', '/MC-1', { phases: 3 })).body.errors[0].path).toBe('/phases');
    // What does not touch the model is not held up by it.
    expect((await meter('PUT', '/MC-1', { customerId: 'C-1' })).status).toBe(200);
    const exchange = { at: iso(startTime - hourMs), finalRegisterKwh: '5', newSerialNumber: 'MC-1-B' };
    expect((await meter('POST', '/MC-1/exchange', { ...exchange, newModel: 'ADW300' })).body.errors[0].path).toBe(
      '/phases',
    );
    await add({ model: 'OWN-8', phases: [1], digits: 8, decimals: 3 });
    expect((await meter('POST', '/MC-1/exchange', { ...exchange, newModel: 'OWN-8' })).body.data).toMatchObject({
      model: 'OWN-8',
      digits: 8,
      decimals: 3,
      devices: [{ model: 'ADL200', digits: 6 }, { model: 'OWN-8' }],
    });
  });
});
