import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventEnvelope } from '../../../layers/kernel/events/envelope.ts';
import { handler as record } from '../subscribers/record-events.ts';
import { busBatch, caller, makeEvent } from '../test-support/fixtures.ts';
import { usePlatformStack } from '../test-support/platform-stack.ts';
import { handler } from './handler.ts';

const stack = usePlatformStack();
const call = caller(handler, '/api/v1/developer/events');
let tenant = 0;
let tenantId: string;
let get: (path: string) => ReturnType<typeof call>;

beforeEach(() => {
  tenantId = `tenant-${++tenant}`;
  const own = caller(handler, '/api/v1/developer/events', { tenantId });
  get = (path) => own('GET', path);
});

const store = async (...events: EventEnvelope[]): Promise<void> => {
  for (let start = 0; start < events.length; start += 10) {
    const batch = events.slice(start, start + 10).map((event) => ({ ...event, tenantId }));
    expect(await record(busBatch(batch))).toEqual({ batchItemFailures: [] });
  }
};

describe('the event log', () => {
  it('keeps an event with its documented columns', async () => {
    const event = makeEvent({ causationId: 'evt_before' });
    await store(event);
    const { status, data } = await get(`/${event.id}`);
    expect(status).toBe(200);
    expect(data).toEqual({
      id: event.id,
      eventType: 'station.created',
      eventSource: 'scada',
      aggregateType: 'station',
      aggregateId: 'ST-001',
      payload: { id: 'ST-001', name: 'North' },
      payloadOmitted: false,
      metadata: { userId: 'usr_1' },
      correlationId: 'cor-1',
      causationId: 'evt_before',
      schemaVersion: 1,
      status: 'completed',
      processedAt: expect.any(String),
      createdAt: event.occurredAt,
      eventDate: event.occurredAt.slice(0, 10),
    });
  });

  it('keeps an event once, however often it comes', async () => {
    const event = makeEvent();
    await store(event, event);
    await store(event);
    const { data } = await get('');
    expect(data).toHaveLength(1);
  });

  it('lists newest first over days and shards, page by page, without gaps or repetition', async () => {
    const times = Array.from({ length: 60 }, (_, i) =>
      new Date(Date.UTC(2025, 11, 20 + (i % 7), i % 24, i)).toISOString(),
    );
    await store(...times.map((occurredAt) => makeEvent({ occurredAt })));
    const seen: string[] = [];
    let cursor: string | null = null;
    let pages = 0;
    do {
      const { data, pagination } = await get(`?limit=7${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...data.map((event: { createdAt: string }) => event.createdAt));
      cursor = pagination!.nextCursor;
      pages++;
    } while (cursor !== null);
    expect(seen).toEqual(times.toSorted().reverse());
    expect(pages).toBe(9);
  });

  it('filters by type, pattern, source, aggregate, correlation and time', async () => {
    const at = (minute: number) => new Date(Date.UTC(2026, 0, 2, 10, minute)).toISOString();
    const events = [
      makeEvent({
        type: 'invoice.paid',
        source: 'billing',
        aggregateType: 'invoice',
        aggregateId: '7',
        occurredAt: at(0),
      }),
      makeEvent({
        type: 'invoice.created',
        source: 'billing',
        aggregateType: 'invoice',
        aggregateId: '8',
        occurredAt: at(1),
      }),
      makeEvent({ type: 'meter.reading', source: 'metering', correlationId: 'cor-9', occurredAt: at(2) }),
    ];
    await store(...events);
    const types = async (query: string) =>
      (await get(query)).data.map((event: { eventType: string }) => event.eventType);
    expect(await types('?type=invoice.paid')).toEqual(['invoice.paid']);
    expect(await types('?type=invoice.*')).toEqual(['invoice.created', 'invoice.paid']);
    expect(await types('?source=metering')).toEqual(['meter.reading']);
    expect(await types('?aggregateType=invoice&aggregateId=8')).toEqual(['invoice.created']);
    expect(await types('?correlationId=cor-9')).toEqual(['meter.reading']);
    expect(await types(`?from=${at(1)}&to=${at(1)}`)).toEqual(['invoice.created']);
    expect(await types(`?type=invoice.*&from=${at(1)}`)).toEqual(['invoice.created']);
    expect((await get('?aggregateType=invoice')).status).toBe(400);
    expect((await get('?type=invoice.**')).status).toBe(400);
    expect((await get('?cursor=abc')).body.code).toBe('invalid_cursor');
  });

  it('shows no event of another tenant', async () => {
    const event = makeEvent();
    await store(event);
    const other = caller(handler, '/api/v1/developer/events', { tenantId: 'somebody-else' });
    expect((await other('GET', `/${event.id}`)).status).toBe(404);
    expect((await other('GET', '?correlationId=cor-1')).data).toEqual([]);
  });

  it('keeps a payload that no item can hold', async () => {
    const text = randomBytes(700_000).toString('base64');
    const event = makeEvent({ payload: { text } });
    await store(event);
    expect((await get(`/${event.id}`)).data.payload).toEqual({ text });
    expect((await get('')).data[0]).toMatchObject({ payload: null, payloadOmitted: true });
  });

  it('shows what caused what', async () => {
    const root = makeEvent({ correlationId: 'cor-t' });
    const child = makeEvent({ correlationId: 'cor-t', causationId: root.id });
    const grandchild = makeEvent({ correlationId: 'cor-t', causationId: child.id });
    await store(grandchild, root, child);
    const { data } = await get(`/${child.id}/causation`);
    expect(data.roots).toMatchObject([
      { id: root.id, isSubject: false, causes: [{ id: child.id, isSubject: true, causes: [{ id: grandchild.id }] }] },
    ]);
  });

  it('lets events go after the retention that is set', async () => {
    const own = caller(handler, '/api/v1/developer/events', { tenantId });
    expect((await own('GET', '/settings')).data).toEqual({ retentionDays: 90 });
    expect((await own('PUT', '/settings', { retentionDays: 7 })).status).toBe(200);
    expect((await own('PUT', '/settings', { retentionDays: 0 })).status).toBe(400);
    expect((await own('GET', '/settings')).data).toEqual({ retentionDays: 7 });
    stack.advance(61_000);
    const event = makeEvent();
    await store(event);
    const { eventEntity } = await import('./event-record.ts');
    const row = await stack.session(tenantId).get(eventEntity, { id: event.id });
    expect(row!.retainUntil).toBe(Math.floor(Date.now() / 1000) + 7 * 86_400);
  });

  it('reports the messages of a batch that cannot be stored, and no others', async () => {
    const { documentClient } = await import('../../../layers/kernel/data/client.ts');
    const client = documentClient();
    const send = client.send.bind(client);
    const broken = vi.spyOn(client, 'send').mockImplementation((command: any) => {
      const items = JSON.stringify(command.input.RequestItems ?? {});
      return items.includes('tenant-broken') ? Promise.reject(new Error('no')) : send(command);
    });
    const good = makeEvent({ tenantId });
    const result = await record(busBatch([makeEvent({ tenantId: 'tenant-broken' }), good]));
    broken.mockRestore();
    expect(result.batchItemFailures).toEqual([{ itemIdentifier: 'message-0' }]);
    expect((await get(`/${good.id}`)).status).toBe(200);
  });

  it('publishes the catalogue with JSON Schemas and examples', async () => {
    const { data } = await get('/catalog');
    const alert = data.find((entry: { type: string }) => entry.type === 'system.alert');
    expect(alert.schema.properties.severity.enum).toEqual(['info', 'warning', 'error', 'critical']);
    expect(alert.summary.ar).toBeTruthy();
  });
});
