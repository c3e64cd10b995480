/** Alerts, status changes and equipment measurements, from the queue to the table. */
import { describe, expect, it } from 'vitest';
import { handler as meters } from '../meters/handler.ts';
import { deliver, hourMs, iso, startTime, useMeteringStack } from '../test-support/metering-stack.ts';
import { handler } from './handler.ts';

const stack = useMeteringStack();
const get = async (path: string) => (await stack.request(meters, 'GET', `/api/billing/meters${path}`)).body.data;
const alert = (meterId: string, more: object = {}) => ({
  topic: `acrel/ST-1/meter/${meterId}/alert`,
  payload: {
    event_type: 'alert',
    timestamp: iso(startTime),
    meter_id: meterId,
    alert_type: 'over_voltage',
    severity: 'warning',
    value: 245.5,
    threshold: 240,
    message: 'Voltage exceeded threshold',
    ...more,
  },
});
const status = (meterId: string, hours: number, newStatus: unknown, more: object = {}) => ({
  topic: `acrel/ST-1/meter/${meterId}/status`,
  payload: {
    event_type: 'status_change',
    timestamp: iso(startTime + hours * hourMs),
    meter_id: meterId,
    previous_status: 'connected',
    new_status: newStatus,
    reason: 'remote_command',
    ...more,
  },
  receivedMs: startTime + 24 * hourMs,
});
const reasons = (meterId: string) =>
  stack.tables
    .scan('metering')
    .filter((item) => item['_type']?.S === 'rejected reading' && item['meterId']?.S === meterId)
    .map((item) => item['reason'].S)
    .sort();

describe('device events', () => {
  it('stores an alert and publishes it, once', async () => {
    await stack.addMeter({ id: 'A-1' });
    expect(await deliver(handler, [alert('A-1'), alert('A-1')])).toEqual([]);
    await deliver(handler, [alert('A-1'), alert('A-1', { alert_type: 'tamper' })]);
    expect(await get('/A-1/alerts')).toHaveLength(2);
    const [event] = stack.events('meter.alert').filter(({ payload }) => payload.alertType === 'over_voltage');
    expect(event).toMatchObject({
      aggregateId: 'A-1',
      payload: {
        stationId: 'ST-1',
        meterId: 'A-1',
        time: iso(startTime),
        alertType: 'over_voltage',
        severity: 'warning',
        value: 245.5,
        threshold: 240,
        message: 'Voltage exceeded threshold',
      },
    });
    expect(stack.events('meter.alert')).toHaveLength(2);
  });

  it('follows the status by its own times, whatever the order of arrival', async () => {
    await stack.addMeter({ id: 'S-1' });
    await deliver(handler, [status('S-1', 2, 'disconnected')]);
    await deliver(handler, [status('S-1', 1, 'offline'), status('S-1', 2, 'disconnected')]);
    await deliver(handler, [status('S-1', 3, 'disconnected')]);
    expect(await get('/S-1')).toMatchObject({ status: 'disconnected', statusAt: iso(startTime + 3 * hourMs) });
    expect((await get('/S-1/status-changes')).map(({ time, newStatus }: any) => [time, newStatus])).toEqual([
      [iso(startTime + 2 * hourMs), 'disconnected'],
      [iso(startTime + hourMs), 'offline'],
    ]);
    const events = stack.events('meter.status_changed').filter(({ aggregateId }) => aggregateId === 'S-1');
    expect(events.map(({ payload }) => [payload.previousStatus, payload.newStatus, payload.reason])).toEqual([
      ['connected', 'disconnected', 'remote_command'],
    ]);
  });

  it('takes a confirmation for the change of status that it is, and one of a refusal for no change at all', async () => {
    await stack.addMeter({ id: 'C-1' });
    const confirm = (hours: number, event_type: string, more: object = {}) => {
      const { new_status: _, previous_status: __, reason: ___, ...head } = status('C-1', hours, 'x').payload as any;
      return { ...status('C-1', hours, 'x'), payload: { ...head, event_type, ...more } };
    };
    const refused = confirm(1, 'disconnect_confirm', { status: 'REFUSED', command_id: 'cmd_1', reason: 'relay_stuck' });
    await deliver(handler, [refused, refused, confirm(2, 'reconnect_confirm', { status: 'failed' })]);
    expect((await get('/C-1')).status).toBe('connected');
    const head = { stationId: 'ST-1', meterId: 'C-1' };
    expect(stack.events('meter.command_refused').map(({ payload }) => payload)).toEqual([
      { ...head, time: iso(startTime + hourMs), action: 'disconnect', commandId: 'cmd_1', reason: 'relay_stuck' },
      { ...head, time: iso(startTime + 2 * hourMs), action: 'reconnect' },
    ]);
    await deliver(handler, [
      confirm(3, 'disconnect_confirm', { status: 'success' }),
      confirm(4, 'reconnect_confirm', { status: 'maybe' }),
      confirm(4, 'reconnect_confirm', { status: 'failed', meter_id: 'S-1' }),
    ]);
    expect((await get('/C-1')).status).toBe('disconnected');
    expect(reasons('C-1')).toEqual(['invalid_payload', 'meter_id_mismatch']);
    await deliver(handler, [confirm(5, 'reconnect_confirm')]);
    expect((await get('/C-1')).status).toBe('connected');
  });

  it('stores measurements of equipment and publishes them, once', async () => {
    const sent = {
      topic: 'acrel/ST-1/infrastructure/TRF-1/data',
      payload: { timestamp: iso(startTime), data: { oil_temperature: 61.5, load_kw: 820, note: 'ignored' } },
    };
    await deliver(handler, [sent, sent]);
    expect(stack.events('asset.reading_received').map(({ payload }) => payload)).toEqual([
      { stationId: 'ST-1', assetId: 'TRF-1', time: iso(startTime), values: { oil_temperature: 61.5, load_kw: 820 } },
    ]);
    expect(stack.count('metering', 'asset reading')).toBe(1);
  });

  it('keeps what it cannot take, with the reason', async () => {
    await stack.addMeter({ id: 'X-1' });
    await stack.addMeter({ id: 'X-2' }, undefined);
    const failed = await deliver(handler, [
      { topic: 'acrel/ST-1/meter/X-1/alert', payload: 'smoke' },
      alert('X-1', { severity: 'terrible' }),
      alert('X-1', { alert_type: '' }),
      alert('X-1', { value: 'high' }),
      alert('X-1', { timestamp: 'now' }),
      alert('X-1', { timestamp: iso(startTime + hourMs) }),
      alert('X-1', { meter_id: 'X-2' }),
      alert('X-1', { event_type: 'status_change' }),
      status('X-1', 1, 'retired'),
      status('X-1', 1, 'on fire'),
      alert('X-none'),
      { topic: 'acrel/ST-1/infrastructure/X-1/data', payload: { timestamp: iso(startTime), data: {} } },
    ]);
    expect(failed).toEqual([]);
    expect(reasons('X-1')).toEqual([
      'invalid_json',
      'invalid_payload',
      'invalid_payload',
      'invalid_payload',
      'invalid_payload',
      'invalid_payload',
      'invalid_payload',
      'invalid_timestamp',
      'meter_id_mismatch',
      'timestamp_in_future',
      'unexpected_event_type',
    ]);
    expect(reasons('X-none')).toEqual(['unknown_meter']);
    expect((await get('/X-1')).status).toBe('connected');
  });
});
