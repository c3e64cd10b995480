import { beforeEach, describe, expect, it } from 'vitest';
import type { PayloadOf } from '../../../layers/kernel/events/define-event.ts';
import type { EventEnvelope } from '../../../layers/kernel/events/envelope.ts';
import { isAlertSuppressed, publishAlert } from '../contract.ts';
import { systemAlert } from '../events.ts';
import { handler as recordAlerts } from '../subscribers/record-alerts.ts';
import { busBatch, caller, type HttpAnswer, makeEvent } from '../test-support/fixtures.ts';
import { usePlatformStack } from '../test-support/platform-stack.ts';
import { handler } from './handler.ts';
import { handler as runAlertTimers } from './run-alert-timers.ts';

const stack = usePlatformStack();
let tenant = 0;
let tenantId: string;
let call: (method: string, path: string, body?: unknown) => Promise<HttpAnswer>;

beforeEach(() => {
  tenantId = `tenant-al${++tenant}`;
  call = caller(handler, '/api/v1/developer/alerts', { tenantId });
});

const alertEvent = (changes: Partial<PayloadOf<typeof systemAlert>> = {}): EventEnvelope =>
  makeEvent({ tenantId, type: 'system.alert', payload: { ...systemAlert.example, ...changes } });
const raise = async (...events: EventEnvelope[]): Promise<void> => {
  expect((await recordAlerts(busBatch(events))).batchItemFailures).toEqual([]);
};

describe('alerts', () => {
  it('keep the documented columns', async () => {
    await raise(alertEvent());
    const [alert] = (await call('GET', '')).data;
    expect(alert).toMatchObject({
      id: expect.stringMatching(/^alt_/),
      alertType: 'system',
      severity: 'warning',
      title: 'Meter MTR-001 stopped reporting',
      sourceSystem: 'metering',
      alertData: { meterId: 'MTR-001' },
      status: 'active',
      occurrences: 1,
      acknowledgedAt: null,
      resolvedAt: null,
    });
    expect((await call('GET', `/${alert.id}`)).data).toEqual(alert);
  });

  it('count the same alert while it is open, and take the worst severity', async () => {
    const first = alertEvent();
    await raise(first, first);
    await raise(alertEvent({ severity: 'critical' }), alertEvent({ severity: 'info' }));
    await raise(first);
    const { data } = await call('GET', '?status=active');
    expect(data).toHaveLength(1);
    expect(data[0]).toMatchObject({ occurrences: 3, severity: 'critical' });
  });

  it('count every one of many raised at the same time', async () => {
    await raise(...Array.from({ length: 4 }, () => alertEvent()));
    expect((await call('GET', '')).data).toMatchObject([{ occurrences: 4 }]);
  });

  it('go through acknowledged to resolved, and are new when raised again', async () => {
    const event = alertEvent();
    await raise(event);
    const [{ id }] = (await call('GET', '')).data;
    expect((await call('POST', `/${id}/acknowledge`)).data).toMatchObject({
      status: 'acknowledged',
      acknowledgedBy: 'usr_1',
    });
    expect((await call('POST', `/${id}/acknowledge`)).status).toBe(409);
    expect((await call('POST', `/${id}/resolve`, { resolutionNotes: 'Battery changed' })).data).toMatchObject({
      status: 'resolved',
      resolutionNotes: 'Battery changed',
    });
    expect((await call('POST', `/${id}/resolve`)).status).toBe(409);
    await raise(event);
    expect((await call('GET', '?status=active')).data).toEqual([]);
    stack.advance(1000);
    await raise(alertEvent());
    expect((await call('GET', '?status=active')).data).toMatchObject([{ occurrences: 1 }]);
    expect((await call('GET', '')).data).toHaveLength(2);
  });

  it('are resolved when what they are about is over, whichever event comes first, and stand when it begins anew', async () => {
    const cleared = () =>
      makeEvent({
        tenantId,
        type: 'system.alert_cleared',
        payload: { dedupeKey: systemAlert.example.dedupeKey, reason: 'It reports again.' },
      });
    const first = alertEvent();
    stack.advance(1000);
    const over = cleared();
    stack.advance(1000);
    const [again, late] = [alertEvent(), alertEvent({ title: { en: 'Late', ar: 'متأخر' } })];
    // The end overtakes the beginning.
    await raise(over, over);
    await raise(first, first);
    expect((await call('GET', '')).data).toMatchObject([
      { status: 'resolved', resolvedBy: null, resolutionNotes: 'It reports again.', occurrences: 1 },
    ]);
    await raise(again);
    await raise(over);
    expect((await call('GET', '?status=active')).data).toMatchObject([{ occurrences: 1 }]);
    // What is counted late does not make the alert look older than it is.
    const old = { ...late, occurredAt: first.occurredAt };
    await raise(old);
    expect((await call('GET', '?status=active')).data).toMatchObject([
      { occurrences: 2, lastSeenAt: again.occurredAt },
    ]);
    stack.advance(1000);
    await raise(cleared());
    expect((await call('GET', '?status=active')).data).toEqual([]);
    expect((await call('GET', '?status=resolved')).data).toHaveLength(2);
  });

  it('raised and over at once are never left open', async () => {
    for (let round = 0; round < 5; round++) {
      const dedupeKey = `race-${round}`;
      const raised = alertEvent({ dedupeKey });
      stack.advance(10);
      const over = makeEvent({ tenantId, type: 'system.alert_cleared', payload: { dedupeKey, reason: 'Over.' } });
      await Promise.all([raise(raised), raise(over)]);
    }
    expect((await call('GET', '?status=active')).data).toEqual([]);
    expect((await call('GET', '?status=resolved')).data).toHaveLength(5);
  });

  it('are filtered, and belong to their tenant', async () => {
    await raise(alertEvent(), alertEvent({ dedupeKey: 'other', severity: 'critical', sourceSystem: 'scada' }));
    expect((await call('GET', '?severity=critical')).data).toHaveLength(1);
    expect((await call('GET', '?sourceSystem=metering')).data).toHaveLength(1);
    const [{ id }] = (await call('GET', '')).data;
    const other = caller(handler, '/api/v1/developer/alerts', { tenantId: 'somebody' });
    expect((await other('GET', '')).data).toEqual([]);
    expect((await other('POST', `/${id}/resolve`)).status).toBe(404);
  });

  it('that are malformed come again and hold up no other', async () => {
    const broken = makeEvent({ tenantId, type: 'system.alert', payload: { severity: 'loud' } });
    const result = await recordAlerts(busBatch([broken, alertEvent()]));
    expect(result.batchItemFailures).toEqual([{ itemIdentifier: 'message-0' }]);
    expect((await call('GET', '')).data).toHaveLength(1);
  });

  it('are raised by other domains through the contract, recognisably when repeated', async () => {
    for (let i = 0; i < 2; i++)
      await publishAlert(stack.session(tenantId), 'platform', systemAlert.example, 'evt_same');
    const events = stack.outbox(tenantId);
    expect(events).toMatchObject([
      { id: 'evt_same', type: 'system.alert', aggregateId: systemAlert.example.dedupeKey },
    ]);
  });
});

describe('alerts and time', () => {
  const minute = 60_000;

  it('escalate once when nobody takes them on, and not when somebody did', async () => {
    const rule = { sourceRuleId: 'high-error-rate', escalateAfterMinutes: 10 };
    await raise(alertEvent(rule), alertEvent({ ...rule, dedupeKey: 'taken' }));
    const taken = (await call('GET', '')).data.find(({ lastSeenAt }: any) => lastSeenAt);
    await call('POST', `/${taken.id}/acknowledge`);
    await runAlertTimers();
    expect(stack.takeOutbox(tenantId)).toEqual([]);
    stack.advance(11 * minute);
    await runAlertTimers();
    await runAlertTimers();
    const escalated = stack.takeOutbox(tenantId);
    expect(escalated).toMatchObject([{ type: 'system.alert_escalated' }]);
    expect(JSON.parse(escalated[0]!['payload']!)).toMatchObject({ severity: 'error', sourceRuleId: 'high-error-rate' });
    const { data } = await call('GET', '');
    expect(data.map(({ severity }: any) => severity).sort()).toEqual(['error', 'warning']);
  });

  it('expire after their time, which begins anew when they are raised again', async () => {
    await raise(alertEvent({ expiresAfterMinutes: 30 }));
    stack.advance(20 * minute);
    await raise(alertEvent({ expiresAfterMinutes: 30 }));
    stack.advance(15 * minute);
    await runAlertTimers();
    expect((await call('GET', '?status=active')).data).toHaveLength(1);
    stack.advance(20 * minute);
    await runAlertTimers();
    expect((await call('GET', '')).data).toMatchObject([{ status: 'resolved', resolutionNotes: 'Expired.' }]);
    await raise(alertEvent());
    expect((await call('GET', '?status=active')).data).toMatchObject([{ occurrences: 1 }]);
  });

  it('are silenced until a time, counted meanwhile, and active again after', async () => {
    await raise(alertEvent());
    const [{ id, dedupeKey = systemAlert.example.dedupeKey }] = (await call('GET', '')).data;
    const until = new Date(stack.now() + 60 * minute).toISOString();
    expect((await call('POST', `/${id}/suppress`, { until })).data).toMatchObject({
      status: 'suppressed',
      suppressedUntil: until,
      suppressedBy: 'usr_1',
    });
    expect(await isAlertSuppressed(stack.session(tenantId), dedupeKey)).toBe(true);
    expect(await isAlertSuppressed(stack.session('somebody'), dedupeKey)).toBe(false);
    await raise(alertEvent());
    expect((await call('GET', `/${id}`)).data).toMatchObject({ status: 'suppressed', occurrences: 2 });
    stack.advance(61 * minute);
    await runAlertTimers();
    expect((await call('GET', `/${id}`)).data).toMatchObject({ status: 'active', suppressedUntil: null });
  });

  it('are not silenced into the past, for ever, or when they are over', async () => {
    await raise(alertEvent());
    const [{ id }] = (await call('GET', '')).data;
    const at = (ms: number) => ({ until: new Date(stack.now() + ms).toISOString() });
    expect((await call('POST', `/${id}/suppress`, at(-minute))).status).toBe(422);
    expect((await call('POST', `/${id}/suppress`, at(40 * 86_400_000))).status).toBe(422);
    expect((await call('POST', `/${id}/suppress`, { until: 'later' })).status).toBe(400);
    await call('POST', `/${id}/resolve`);
    expect((await call('POST', `/${id}/suppress`, at(minute))).status).toBe(409);
  });
});
