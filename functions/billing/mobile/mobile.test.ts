/** The field app over its handler: what a reader sees, what becomes of readings and cash, and whose routes nobody else has. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openGlobalSession, openSession } from '../../../layers/kernel/data/session.ts';
import { readObject } from '../../../layers/kernel/files/signed-urls.ts';
import { createS3Service } from '../../../local/services/s3/index.ts';
import { serveForTest, type TestEndpoint } from '../../../local/services/test-support/aws-server.ts';
import { createFakeContext, createResource } from '../../../local/services/test-support/fake-context.ts';
import { tenantListingEntity } from '../../identity/tenants/add-tenant.ts';
import { handler as readings } from '../../metering/meters/handler.ts';
import { handler as tills } from '../cashier-sessions/handler.ts';
import { handler as customers } from '../customers/handler.ts';
import { startTime, useBillingStack } from '../test-support/billing-stack.ts';
import { fieldWork, reader } from '../test-support/field-work.ts';
import { photoBucket, photoEntity } from './photo-entity.ts';
import { handler as sweepPhotos } from './sweep-photos.ts';

const stack = useBillingStack();
const field = fieldWork(stack);
const tenant = 'field';
let files: TestEndpoint;
let route: string;
let customer: string;
let made = 0;
const id = () => `op-${String(made++).padStart(8, '0')}`;
const at = (minutes = 0) => new Date(Date.now() + minutes * 60_000).toISOString();
const reading = (meterId: string, registerKwh: string, more: object = {}) => ({
  type: 'reading',
  id: id(),
  time: at(-10),
  routeId: route,
  meterId,
  registerKwh,
  ...more,
});
const cash = (amount: string, receiptNumber: string, more: object = {}) => ({
  type: 'collection',
  id: id(),
  time: at(-5),
  routeId: route,
  meterId: 'F-1',
  customerId: customer,
  amount,
  receiptNumber,
  ...more,
});
const balance = async () =>
  (await stack.call(tenant, customers, 'GET', `/api/billing/customers/${customer}/balance`)).body.data[0]?.balance;

beforeAll(async () => {
  const context = createFakeContext({ startTime });
  const s3 = createS3Service(context);
  await createResource(s3, 'AWS::S3::Bucket', 'Photos', { BucketName: 'photos' });
  files = await serveForTest(s3);
  process.env['AWS_ENDPOINT_URL_S3'] = files.url;
  process.env['BUCKET_FIELD_PHOTOS'] = 'photos';
  for (const name of ['other', tenant]) {
    await stack.addTenant(name);
    for (const n of [1, 2]) await field.addUser(name, n);
    await field.addTariff(name);
    if (name === 'other') await field.addSupplied(name, 'X-1');
  }
});
afterAll(() => files.close());

describe('a route', () => {
  it('is made by the office and shown to its reader with all that is needed offline', async () => {
    customer = await field.addSupplied(tenant, 'F-1');
    await field.addSupplied(tenant, 'F-2');
    route = await field.addRoute(tenant, 1, ['F-2', 'F-1']);
    const mine = await field.call(tenant, 1, 'GET', '/routes');
    expect(mine.body.data).toMatchObject([{ id: route, assigneeId: reader(1) }]);
    const stops = (await field.call(tenant, 1, 'GET', `/routes/${route}/stops`)).body.data;
    expect(stops).toMatchObject([
      { meterId: 'F-2', sequence: 10, status: 'open' },
      {
        meterId: 'F-1',
        meter: { digits: 5, serialNumber: 'F-1' },
        last: { registerKwh: '400' },
        perDayKwh: '10',
        customer: { id: customer, name: 'At F-1' },
      },
    ]);
    // 31 days and 12 hours at 10 kWh a day.
    expect(stops[1].expected).toEqual({ lowKwh: '552.5', highKwh: '877.5' });
    expect(JSON.stringify(stops)).not.toContain('secret');
    expect(stops[1].customer.balances).toEqual([]);
  });

  it('shows no balance to who may not collect', async () => {
    const as = { permissions: ['billing:field:work'] };
    const stops = (await field.call(tenant, 1, 'GET', `/routes/${route}/stops`, { as })).body.data;
    expect(stops[1].customer.balances).toBeUndefined();
  });

  it('does not exist for another reader nor for another tenant', async () => {
    for (const [who, where] of [
      [2, tenant],
      [1, 'other'],
    ] as const) {
      expect((await field.call(where, who, 'GET', '/routes')).body.data).toEqual([]);
      for (const path of [`/routes/${route}`, `/routes/${route}/stops`])
        expect((await field.call(where, who, 'GET', path)).status).toBe(404);
      const { results } = await field.sync(where, who, [reading('F-1', '700')]);
      expect(results).toMatchObject([{ status: 'rejected', reason: 'not_found' }]);
    }
    expect((await field.office('other', 'GET', `/routes/${route}`)).status).toBe(404);
  });

  it('keeps what its former reader did offline after it was given away', async () => {
    const own = await field.addRoute(tenant, 1, ['F-2']);
    await field.office(tenant, 'PUT', `/routes/${own}`, { body: { assigneeId: reader(2) } });
    expect((await field.call(tenant, 1, 'GET', `/routes/${own}`)).status).toBe(404);
    const { results, changes } = await field.sync(tenant, 1, [reading('F-2', '700', { routeId: own })]);
    expect(results).toMatchObject([{ status: 'applied' }]);
    expect(changes.routeIds).toEqual([route]);
  });

  it('is not made of meters that do not exist, and has each once', async () => {
    const path = `/routes/${route}/stops`;
    const add = (meterIds: string[]) =>
      field.office(tenant, 'POST', path, { body: { stops: meterIds.map((meterId) => ({ meterId })) } });
    expect((await add(['F-1', 'X-1'])).status).toBe(422);
    expect((await add(['F-1', 'F-1'])).body.data).toEqual({ added: 0, present: 2 });
  });
});

describe('a reading', () => {
  it('asks to look again when it is not what was expected, and is taken when confirmed', async () => {
    const odd = reading('F-1', '9000.5');
    const { results } = await field.sync(tenant, 1, [odd]);
    expect(results).toMatchObject([{ status: 'rejected', reason: 'outside_expected_range', needsConfirmation: true }]);
    const right = reading('F-1', '702.5', { gps: { latitude: 15.3, longitude: 44.2, accuracyM: 8 } });
    expect((await field.sync(tenant, 1, [right])).results).toMatchObject([{ id: right.id, status: 'applied' }]);
    const stored = await stack.call(tenant, readings, 'GET', '/api/billing/meters/F-1/readings', {
      as: { permissions: ['metering:*'] },
    });
    expect(stored.body.data[0]).toMatchObject({ registerKwh: '702.5', source: 'mobile', time: right.time });
    const kept = await field.office(tenant, 'GET', '/readings', { query: { meterId: 'F-1' } });
    expect(kept.body.data).toMatchObject([
      { operationId: right.id, takenAt: right.time, readerId: reader(1), gps: { accuracyM: 8 } },
    ]);
    expect(stack.events('field.reading_recorded').length).toBeGreaterThan(0);
  });

  it('sent again is a duplicate', async () => {
    const again = reading('F-2', '705');
    const first = (await field.sync(tenant, 1, [again, again])).results;
    expect(first.map(({ status }: any) => status).sort()).toEqual(['conflict', 'duplicate']);
    expect((await field.sync(tenant, 1, [again])).results).toMatchObject([{ status: 'duplicate', first: 'conflict' }]);
  });

  it('that contradicts another of the day is kept for a person, who decides', async () => {
    const wrong = reading('F-1', '650', { confirmed: true, time: at(-1) });
    const { results } = await field.sync(tenant, 1, [wrong]);
    expect(results).toMatchObject([
      { status: 'conflict', rule: 'one_reading_a_day', server: { registerKwh: '702.5', readerId: reader(1) } },
    ]);
    const contested = async () =>
      (await field.office(tenant, 'GET', '/contested-readings')).body.data.find(
        ({ meterId }: any) => meterId === 'F-1',
      );
    expect((await contested()).candidates).toHaveLength(2);
    const confirmed = await field.office(tenant, 'POST', `/readings/${results[0].made.readingId}/confirm`);
    expect(confirmed).toMatchObject({ status: 200, body: { data: { confirmedId: results[0].made.readingId } } });
    expect(await contested()).toBeUndefined();
    const standing = async () =>
      (
        await stack.call(tenant, readings, 'GET', '/api/billing/meters/F-1/readings', {
          as: { permissions: ['metering:*'] },
        })
      ).body.data
        .filter(({ source, edit }: any) => source === 'mobile' && edit?.action !== 'rejected')
        .map(({ registerKwh }: any) => registerKwh);
    expect(await standing()).toEqual(['650']);
    const other = confirmed.body.data.candidates.find(
      ({ id: candidate }: any) => candidate !== confirmed.body.data.confirmedId,
    ).id;
    // Somebody thinks otherwise, twice at once.
    const again = await Promise.all([1, 2].map(() => field.office(tenant, 'POST', `/readings/${other}/confirm`)));
    expect(again.map(({ status }) => status)).toEqual([200, 200]);
    expect(await standing()).toEqual(['702.5']);
    // What comes after the decision is looked at again.
    await field.sync(tenant, 1, [reading('F-1', '703', { confirmed: true, time: at(-1) })]);
    expect((await contested()).candidates).toHaveLength(3);
    expect((await field.office(tenant, 'POST', `/readings/${other}/confirm`)).status).toBe(200);
    expect([await standing(), await contested()]).toEqual([['702.5'], undefined]);
  });

  it('is refused for a meter off the route, by a wrong register, and with somebody else’s photo', async () => {
    const photo = (
      await field.call(tenant, 2, 'POST', '/photos', { body: { contentType: 'image/jpeg', sizeBytes: 4 } })
    ).body.data.id;
    const { results } = await field.sync(tenant, 1, [
      reading('F-9', '1'),
      reading('F-2', '100', { time: at(-1) }),
      reading('F-1', '123456', { confirmed: true }),
      reading('F-2', '706', { photoIds: [photo] }),
      { id: 'op-unreadable', type: 'reading', routeId: route },
      { id: 'op-unknown-kind', type: 'tea' },
    ]);
    expect(results.map(({ reason }: any) => reason)).toEqual([
      'not_on_route',
      'outside_expected_range',
      'register_out_of_range',
      'unknown_photo',
      'invalid_operation',
      'invalid_operation',
    ]);
  });

  it('that cannot be read is answered alone, also where readings or cash are handed in by themselves', async () => {
    const reasons = async (path: string, body: object) => {
      const answer = await field.call(tenant, 1, 'POST', path, { body });
      return answer.status === 200 ? answer.body.data.map(({ reason }: any) => reason) : answer.body;
    };
    const { type: _, ...wild } = reading('F-2', '100', { time: at(-1) });
    const readings = [
      { id: 'op-unreadable', routeId: route, registerKwh: 'many' },
      { ...cash('1', 'R-U'), id: 'op-is-cash' },
      wild,
    ];
    expect(await reasons('/readings', { readings })).toEqual([
      'invalid_operation',
      'invalid_operation',
      'outside_expected_range',
    ]);
    const collections = [{ ...cash('-10', 'R-U'), id: 'op-negative' }];
    expect(await reasons('/collections', { collections })).toEqual(['invalid_operation']);
    const headers = { 'accept-language': 'ar' };
    const inArabic = await field.call(tenant, 1, 'POST', '/readings', {
      body: { readings: readings.slice(0, 1) },
      headers,
    });
    expect(inArabic.body.data[0].message).toContain('هذا الحقل مطلوب.');
  });

  it('of a device with a wrong clock gets the time it really was', async () => {
    const behind = 3 * 3_600_000;
    const meterTime = new Date(Date.now() - behind - 60_000).toISOString();
    const operation = reading('F-2', '706', { time: meterTime, confirmed: true });
    const answer = await field.sync(tenant, 1, [operation], {
      deviceTime: new Date(Date.now() - behind).toISOString(),
    });
    expect(answer).toMatchObject({ skewMs: behind, results: [{ time: at(-1) }] });
  });

  it('that nobody could take is a visit', async () => {
    const { status, body } = await field.call(tenant, 1, 'POST', '/readings', {
      body: { readings: [{ ...reading('F-1', '1'), type: 'no_access', code: 'dog' }] },
    });
    expect([status, body.data]).toMatchObject([200, [{ status: 'applied' }]]);
    const stops = (await field.call(tenant, 1, 'GET', `/routes/${route}/stops`)).body.data;
    // It was read before.
    expect(stops[1].status).toBe('read');
  });
});

describe('a photo', () => {
  it('is uploaded by its owner to one key, of one type and length', async () => {
    const { body } = await field.call(tenant, 1, 'POST', '/photos', {
      body: { contentType: 'image/jpeg', sizeBytes: 4 },
    });
    const { id: photoId, upload } = body.data;
    expect(new URL(upload.url).pathname).toBe(`/photos/${tenant}/${reader(1)}/${photoId}.jpg`);
    expect(upload.url).toContain('content-length%3Bcontent-type%3Bhost');
    const { 'content-length': _, ...headers } = upload.headers;
    expect((await fetch(upload.url, { method: 'PUT', headers, body: 'jpeg' })).status).toBe(200);
    const operation = reading('F-2', '706.5', { photoIds: [photoId], confirmed: true });
    const { results } = await field.sync(tenant, 1, [operation]);
    const shown = await field.office(tenant, 'GET', `/readings/${results[0].made.readingId}`);
    expect(await (await fetch(shown.body.data.photos[0].url)).text()).toBe('jpeg');
    expect((await field.office('other', 'GET', `/readings/${results[0].made.readingId}`)).status).toBe(404);
  });

  it('that no visit names is taken away after a month, with its file; one that is named stays', async () => {
    for (const id of [tenant, 'other'])
      await openGlobalSession().transact('identity', (unit) => unit.put(tenantListingEntity, { id, createdBy: '' }));
    const upload = async () => {
      const { body } = await field.call(tenant, 1, 'POST', '/photos', {
        body: { contentType: 'image/jpeg', sizeBytes: 4 },
      });
      const { 'content-length': _, ...headers } = body.data.upload.headers;
      await fetch(body.data.upload.url, { method: 'PUT', headers, body: 'jpeg' });
      return body.data.id as string;
    };
    const [lost, named, leaving] = [await upload(), await upload(), await upload()];
    const session = openSession(tenant);
    const fileOf = (id: string) => readObject(photoBucket, `${tenant}/${reader(1)}/${id}.jpg`);
    await field.sync(tenant, 1, [reading('F-2', '706.5', { photoIds: [named, named], confirmed: true })]);
    expect(await sweepPhotos()).toEqual({ taken: 0 });
    // The sweep before died after it had marked one.
    const row = await session.require(photoEntity, { id: leaving });
    await session.transact('billing', (unit) => unit.update(photoEntity, row, { status: 'leaving' }));
    const { results } = await field.sync(tenant, 1, [
      reading('F-2', '706.6', { photoIds: [leaving], confirmed: true }),
    ]);
    expect(results[0]).toMatchObject({ status: 'rejected', reason: 'unknown_photo' });
    const now = Date.now();
    stack.advance(31 * 86_400_000);
    expect((await sweepPhotos()).taken).toBeGreaterThanOrEqual(2);
    expect(await sweepPhotos()).toEqual({ taken: 0 });
    vi.setSystemTime(now);
    expect(await Promise.all([lost, leaving].map(fileOf))).toEqual([undefined, undefined]);
    expect(await session.get(photoEntity, { id: lost })).toBeUndefined();
    expect(Buffer.from((await fileOf(named))!).toString()).toBe('jpeg');
  });

  it.each([
    { contentType: 'text/html', sizeBytes: 4 },
    { contentType: 'image/png', sizeBytes: 9 * 1024 * 1024 },
    { contentType: 'image/png', sizeBytes: 0 },
  ])('is not %j', async (body) => {
    expect((await field.call(tenant, 1, 'POST', '/photos', { body })).status).toBe(400);
  });
});

describe('cash', () => {
  it('becomes one payment, however often and at once it is sent', async () => {
    const operation = cash('1500', 'R-1');
    const answers = await Promise.all([1, 2, 3].map(() => field.sync(tenant, 1, [operation])));
    const statuses = answers.map(({ results }) => results[0].status).sort();
    expect(statuses).toEqual(['applied', 'duplicate', 'duplicate']);
    expect(await balance()).toBe('-1500.00');
    expect((await field.sync(tenant, 1, [operation])).results[0]).toMatchObject({ status: 'duplicate' });
    expect(await balance()).toBe('-1500.00');
  });

  it('is held, never dropped, above the limit, with a used receipt, for a stranger; a person decides once', async () => {
    await field.office(tenant, 'PUT', `/collectors/${reader(1)}/limits/YER`, { body: { perDay: '2000' } });
    const operations = [
      cash('600', 'R-2'),
      cash('10', 'R-1'),
      cash('10', 'R-3', { customerId: 'cus_01JGFJJZ00ABCDEFGHJKMNPQRS' }),
      cash('10', 'R-4', { routeId: 'rrt_01JGFJJZ00ABCDEFGHJKMNPQRS' }),
      cash('0', 'R-5'),
      cash('400', 'R-6'),
    ];
    const { results } = await field.sync(tenant, 1, operations);
    expect(results.map(({ status, reason }: any) => [status, reason])).toEqual([
      ['conflict', 'over_limit'],
      ['conflict', 'receipt_number_used'],
      ['conflict', 'customer_not_at_meter'],
      ['conflict', 'customer_not_at_meter'],
      ['conflict', 'not_payable'],
      ['applied', undefined],
    ]);
    const held = (await field.office(tenant, 'GET', '/collections')).body.data;
    expect(held).toHaveLength(5);
    expect(stack.events('field.collection_held')).toHaveLength(5);
    expect(await balance()).toBe('-1900.00');
    const path = `/collections/${results[0].made.collectionId}`;
    const own = { as: { subject: reader(1), permissions: ['billing:*'] }, body: { reason: 'It is mine.' } };
    for (const step of ['record', 'void'])
      expect((await field.office(tenant, 'POST', `${path}/${step}`, own)).status).toBe(403);
    const decide = () => field.office(tenant, 'POST', `${path}/record`, { body: { reason: 'He was allowed to.' } });
    const decided = await Promise.all([decide(), decide()]);
    expect(decided.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await balance()).toBe('-2500.00');
    const again = await field.sync(tenant, 1, [cash('1', 'R-2')]);
    expect(again.results).toMatchObject([{ status: 'conflict', reason: 'receipt_number_used' }]);
    const other = `/collections/${results[1].made.collectionId}/void`;
    expect((await field.office(tenant, 'POST', other, { body: { reason: 'Twice' } })).body.data.status).toBe('voided');
    expect((await field.office('other', 'POST', other, { body: { reason: 'x' } })).status).toBe(404);
  });

  it('goes into the till that its collector has open', async () => {
    const own = await field.addRoute(tenant, 2, ['F-1']);
    const as = { subject: reader(2), permissions: ['billing:*'] };
    const opened = await stack.call(tenant, tills, 'POST', '/api/billing/cashier-sessions', {
      as,
      body: { desk: 'Bag 2' },
    });
    const { results } = await field.sync(tenant, 2, [cash('250', 'B-1', { routeId: own })]);
    expect(results).toMatchObject([{ status: 'applied' }]);
    const path = `/api/billing/cashier-sessions/${opened.body.data.id}`;
    const { expected } = (await stack.call(tenant, tills, 'GET', path, { as })).body.data;
    expect(expected).toEqual([{ method: 'cash', currency: 'YER', amount: '250.00' }]);
  });

  it('is not taken by who may only read meters', async () => {
    const as = { permissions: ['billing:field:work'] };
    const body = { deviceTime: at(), operations: [cash('5', 'R-9')] };
    const { results } = (await field.call(tenant, 1, 'POST', '/sync', { body, as })).body.data;
    expect(results).toMatchObject([{ status: 'rejected', reason: 'forbidden' }]);
    const direct = await field.call(tenant, 1, 'POST', '/collections', {
      body: { collections: [cash('5', 'R-9')] },
      as,
    });
    expect(direct.status).toBe(403);
  });
});

describe('edits', () => {
  it('of a stop are given back when the server knows better', async () => {
    const edit = (note: string, baseVersion: number) => ({
      type: 'stop_edit',
      id: id(),
      time: at(),
      routeId: route,
      meterId: 'F-1',
      baseVersion,
      note,
    });
    const { results } = await field.sync(tenant, 1, [edit('Blue door', 1), edit('Red door', 1)]);
    expect(results).toMatchObject([
      { status: 'applied' },
      { status: 'conflict', rule: 'server_wins', server: { note: 'Blue door', editVersion: 2 } },
    ]);
  });

  it('of a customer wait for the office, and do not overwrite what it changed meanwhile', async () => {
    const path = `/api/billing/customers/${customer}`;
    const shown = (await stack.call(tenant, customers, 'GET', path)).body.data;
    const correction = {
      type: 'customer_correction',
      id: id(),
      time: at(),
      routeId: route,
      meterId: 'F-1',
      customerId: customer,
      baseVersion: shown.version,
      changes: { phone: '+967770000001' },
    };
    const { results } = await field.sync(tenant, 1, [correction]);
    expect(results).toMatchObject([{ status: 'applied', rule: 'proposal' }]);
    expect((await stack.call(tenant, customers, 'GET', path)).body.data.phone).toBeUndefined();
    await stack.call(tenant, customers, 'PUT', path, { body: { nameAr: 'أحمد' } });
    const decide = (body: object) =>
      field.office(tenant, 'POST', `/corrections/${results[0].made.proposalId}/decide`, { body });
    expect((await decide({ accept: true })).status).toBe(409);
    expect((await decide({ accept: true, force: true })).body.data.status).toBe('accepted');
    expect((await stack.call(tenant, customers, 'GET', path)).body.data).toMatchObject({ phone: '+967770000001' });
    expect((await decide({ accept: false })).status).toBe(409);
  });

  it('of a customer do not leave half a place on the map, whoever accepts them', async () => {
    const path = `/api/billing/customers/${customer}`;
    const { version } = (await stack.call(tenant, customers, 'GET', path)).body.data;
    const at = { routeId: route, meterId: 'F-1', customerId: customer, baseVersion: version };
    const correct = async (changes: object) => {
      const operation = { type: 'customer_correction', id: id(), time: new Date().toISOString(), ...at, changes };
      const { results } = await field.sync(tenant, 1, [operation]);
      const decision = `/corrections/${results[0].made.proposalId}/decide`;
      return (await field.office(tenant, 'POST', decision, { body: { accept: true } })).status;
    };
    expect(await correct({ latitude: 15.3 })).toBe(422);
    expect(await correct({ latitude: 15.3, longitude: 44.2 })).toBe(200);
  });
});

describe('a sync', () => {
  it('tells what changed since the last one, and no more', async () => {
    const first = await field.sync(tenant, 1, []);
    expect(first.changes.reload).toEqual([route]);
    stack.advance(10 * 60_000);
    const quiet = await field.sync(tenant, 1, [], { cursor: first.cursor });
    const later = await field.sync(tenant, 1, [], { cursor: quiet.cursor });
    expect(later.changes).toMatchObject({ routeIds: [route], routes: [], stops: [], reload: [] });
    stack.advance(10 * 60_000);
    await field.sync(tenant, 1, [reading('F-1', '710', { confirmed: true })]);
    const { changes } = await field.sync(tenant, 1, [], { cursor: later.cursor });
    expect(changes.stops.map(({ meterId }: any) => meterId)).toEqual(['F-1']);
    expect((await field.call(tenant, 1, 'POST', '/sync', { body: { deviceTime: at(), cursor: 'x' } })).status).toBe(
      400,
    );
  });

  it('takes 500 operations at once and no more', async () => {
    const edit = { type: 'stop_edit', time: at(), routeId: route, meterId: 'F-1', baseVersion: 99, note: 'x' };
    const visits = Array.from({ length: 501 }, () => ({ ...edit, id: id() }));
    const { results } = await field.sync(tenant, 1, visits.slice(0, 500));
    expect(results.map((result: any) => result.id)).toEqual(visits.slice(0, 500).map((visit) => visit.id));
    expect(results.every(({ status }: any) => status === 'conflict')).toBe(true);
    const body = { deviceTime: at(), operations: visits };
    expect((await field.call(tenant, 1, 'POST', '/sync', { body })).status).toBe(400);
  });
});
