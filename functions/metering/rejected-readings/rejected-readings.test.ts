/** Rejected messages: kept once, found, replayed after a fix, and noticed when they pile up. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { handler as deviceEvents } from '../device-events/handler.ts';
import { handler as ingest } from '../ingest/handler.ts';
import { deliver, hourMs, iso, readingMessage, startTime, useMeteringStack } from '../test-support/metering-stack.ts';
import { handler } from './handler.ts';

const stack = useMeteringStack();
const base = '/api/billing/rejected-readings';
const dayMs = 24 * hourMs;
const call = (method: string, path: string, options?: object) =>
  stack.request(handler, method, `${base}${path}`, options);
const list = async (query: Record<string, string> = {}, tenantId?: string) =>
  (await call('GET', '', { query, tenantId })).body.data as any[];

afterEach(() => {
  vi.setSystemTime(startTime);
});

describe('keeping what was refused', () => {
  it('keeps a message once, however often it is delivered', async () => {
    const sent = { topic: 'acrel/ST-1/meter/K-1/data', payload: '{"half":' };
    await deliver(ingest, [sent, sent]);
    await deliver(ingest, [{ ...sent, receivedMs: startTime + 5000 }]);
    const rows = await list({ meterId: 'K-1', to: iso(startTime + dayMs) });
    expect(rows).toMatchObject([
      {
        status: 'rejected',
        reason: 'invalid_json',
        message: 'The message is not JSON in UTF-8.',
        topic: sent.topic,
        clientId: 'device-1',
        stationId: 'ST-1',
        receivedAt: iso(startTime),
        bytes: 8,
        truncated: false,
      },
    ]);
    const { body } = await call('GET', `/${rows[0].id}`, { headers: { 'accept-language': 'ar' } });
    expect(body.data).toMatchObject({ payload: '{"half":', message: 'الرسالة ليست JSON بترميز UTF-8.' });
    const [row] = stack.tables.scan('metering').filter((item) => item['id']?.S === rows[0].id);
    expect(Number(row!['expiresAt'].N) - startTime / 1000).toBe(90 * 86_400);
  });

  it('keeps the beginning of what is too large, and bytes that are no text', async () => {
    await deliver(ingest, [
      { topic: 'acrel/ST-1/meter/K-2/data', payload: 'y'.repeat(40_000) },
      { topic: 'acrel/ST-1/meter/K-3/data', payload: Buffer.from([0xff, 0x00]) },
    ]);
    const [large] = await list({ meterId: 'K-2', to: iso(startTime + 1) });
    expect(large).toMatchObject({ bytes: 40_000, truncated: true });
    expect((await call('GET', `/${large.id}`)).body.data.payload).toHaveLength(32 * 1024);
    expect((await call('POST', `/${large.id}/replay`)).body.code).toBe('conflict');
    const [binary] = await list({ meterId: 'K-3', to: iso(startTime + 1) });
    expect((await call('GET', `/${binary.id}`)).body.data).toMatchObject({ payload: null, payloadBase64: '/wA=' });
  });

  it('lists by reason, station, meter and period, newest first, page by page', async () => {
    await stack.addStation('ST-F');
    for (let i = 0; i < 12; i++)
      await deliver(ingest, [
        {
          topic: `acrel/ST-F/meter/F-${i % 3}/data`,
          payload: i % 2 ? `no json ${i}` : { meter_id: 'other', i },
          receivedMs: startTime - i * 5 * hourMs,
        },
      ]);
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const query = { stationId: 'ST-F', to: iso(startTime + 1), limit: '5', ...(cursor ? { cursor } : {}) };
      const { body }: { body: any } = await call('GET', '', { query });
      found.push(...body.data.map(({ receivedAt }: any) => receivedAt));
      cursor = body.pagination.nextCursor;
    } while (cursor);
    expect(found).toEqual(Array.from({ length: 12 }, (_, i) => iso(startTime - i * 5 * hourMs)));
    const filtered = async (query: Record<string, string>) =>
      (await list({ stationId: 'ST-F', to: iso(startTime + 1), ...query })).length;
    expect(await filtered({ reason: 'meter_id_mismatch' })).toBe(6);
    expect(await filtered({ meterId: 'F-1' })).toBe(4);
    expect(await filtered({ from: iso(startTime - 11 * hourMs) })).toBe(3);
    expect((await call('GET', '', { query: { from: iso(startTime), to: iso(startTime - 1) } })).status).toBe(422);
    expect((await call('GET', '', { query: { from: iso(startTime - 40 * dayMs) } })).status).toBe(422);
    expect((await call('GET', '', { query: { reason: 'bad luck' } })).status).toBe(400);
  });

  it('shows them to the owner of the station only', async () => {
    const [row] = await list({ meterId: 'K-1', to: iso(startTime + dayMs) });
    expect(await list({ to: iso(startTime + dayMs) }, 'tenant-b')).toEqual([]);
    expect((await call('GET', `/${row.id}`, { tenantId: 'tenant-b' })).status).toBe(404);
    expect((await call('POST', `/${row.id}/replay`, { tenantId: 'tenant-b' })).status).toBe(404);
    expect((await call('GET', '', { permissions: ['metering:meters:read'] })).status).toBe(403);
  });
});

describe('replaying', () => {
  it('stores the reading after the fix, as of the time it came', async () => {
    await deliver(ingest, [readingMessage('R-1', startTime - hourMs, 5)]);
    const [row] = await list({ meterId: 'R-1', to: iso(startTime + 1) });
    expect(row.reason).toBe('unknown_meter');
    const again = await call('POST', `/${row.id}/replay`);
    expect(again.body.data).toMatchObject({ status: 'failed_again', reason: 'unknown_meter' });
    await stack.addMeter({ id: 'R-1' });
    vi.setSystemTime(startTime + 10 * dayMs);
    expect((await call('POST', `/${row.id}/replay`)).body.data).toMatchObject({
      status: 'replayed',
      replayedAt: iso(startTime + 10 * dayMs),
    });
    expect(stack.tables.scan('readings').filter((item) => item['pk'].S.includes('R-1'))).toHaveLength(1);
    expect((await call('POST', `/${row.id}/replay`)).body.code).toBe('conflict');
    // Delivering the message once more does not bring the rejection back.
    await deliver(ingest, [readingMessage('R-1', startTime - hourMs, 5)]);
    expect((await call('GET', `/${row.id}`)).body.data.status).toBe('replayed');
  });

  it('replays in bulk by filter, and elements of an array one by one', async () => {
    const rows = ['R-2', 'R-3', 'R-4'].map((id) => readingMessage(id, startTime - hourMs, 5).payload);
    await deliver(ingest, [{ topic: 'acrel/ST-1/meter/_/data', payload: rows }]);
    await stack.addMeter({ id: 'R-2' });
    await stack.addMeter({ id: 'R-3' });
    const body = { reason: 'unknown_meter', stationId: 'ST-1', to: iso(startTime + 1) };
    expect((await call('POST', '/replay', { body })).body.data).toEqual({ replayed: 2, failed: 1, nextCursor: null });
    await stack.addMeter({ id: 'R-4' });
    expect((await call('POST', '/replay', { body })).body.data).toEqual({ replayed: 1, failed: 0, nextCursor: null });
  });

  it('hands a new owner what came before the station was registered', async () => {
    const sent = readingMessage('R-5', startTime - hourMs, 5, {}, 'ST-NEW');
    await deliver(ingest, [sent]);
    const body = { stationId: 'ST-NEW', to: iso(startTime + 1) };
    expect((await call('POST', '/replay', { body })).body.data).toMatchObject({ replayed: 0, failed: 0 });
    await stack.addStation('ST-NEW');
    await stack.addMeter({ id: 'R-5', stationId: 'ST-NEW' });
    // Unknown stations are remembered for a few seconds.
    vi.setSystemTime(startTime + 10_000);
    expect((await call('POST', '/replay', { body, tenantId: 'tenant-b' })).body.data).toMatchObject({ replayed: 0 });
    expect((await call('POST', '/replay', { body })).body.data).toMatchObject({ replayed: 1, failed: 0 });
    expect((await call('POST', '/replay', { body })).body.data).toMatchObject({ replayed: 0, failed: 0 });
  });

  it('replays alerts by their own way', async () => {
    const payload = {
      event_type: 'alert',
      timestamp: iso(startTime),
      meter_id: 'R-6',
      alert_type: 'tamper',
      severity: 'critical',
    };
    await deliver(deviceEvents, [{ topic: 'acrel/ST-1/meter/R-6/alert', payload }]);
    const [row] = await list({ meterId: 'R-6', to: iso(startTime + 1) });
    await stack.addMeter({ id: 'R-6' });
    expect((await call('POST', `/${row.id}/replay`)).body.data.status).toBe('replayed');
    expect(stack.events('meter.alert')).toHaveLength(1);
  });
});

describe('piling up', () => {
  const refuse = (station: string, from: number, count: number) =>
    deliver(
      ingest,
      Array.from({ length: count }, (_, i) => ({
        topic: `acrel/${station}/meter/P-1/data`,
        payload: `bad ${from + i}`,
      })),
    );
  const alerts = (station: string) =>
    stack.events('system.alert').filter(({ payload }) => payload.alertData.stationId === station);

  it('raises one alert per episode and station', async () => {
    await stack.addStation('ST-P');
    await refuse('ST-P', 0, 50);
    expect(alerts('ST-P')).toEqual([]);
    await refuse('ST-P', 50, 5);
    await refuse('ST-P', 55, 60);
    vi.setSystemTime(startTime + 6 * 60_000);
    await refuse('ST-P', 200, 60);
    expect(alerts('ST-P').map(({ payload }) => payload.dedupeKey)).toEqual(['rejected-readings/ST-P']);
    vi.setSystemTime(startTime + 2 * hourMs);
    await refuse('ST-P', 300, 60);
    expect(alerts('ST-P')).toHaveLength(2);
    expect(alerts('ST-1')).toEqual([]);
  });
});
