/**
 * Whether a gateway is there. Every message counts as a sign of life, noted a few times a minute at most; a schedule finds
 * those that fell silent. Coming and going is an event, and being gone an alarm of the platform's own.
 */

import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import { openGlobalSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { putStep, writeMany } from '../../../layers/kernel/data/write-many.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { isoTime } from '../../../layers/metering/reading-time.ts';
import { takeOccurrence } from '../alarms/take-occurrence.ts';
import { gatewayStatusChanged } from '../events.ts';
import { type GatewayState, gatewayStateEntity, gatewayWatchEntity } from './gateway-entity.ts';

/** Signs of life are noted at most this often per function instance. */
const noteEveryMs = 20_000;
const notedAt = new Map<string, number>();

interface Heard {
  session: TenantSession;
  stationId: string;
  receivedMs: number;
}

/** A sign of life that cannot be noted must not bring the messages again. */
export async function heardFrom(messages: readonly Heard[]): Promise<void> {
  const latest = new Map<string, Heard>();
  for (const heard of messages) {
    const known = latest.get(heard.stationId);
    if (known === undefined || known.receivedMs < heard.receivedMs) latest.set(heard.stationId, heard);
  }
  for (const { session, stationId, receivedMs } of latest.values()) {
    if (Math.abs(receivedMs - (notedAt.get(stationId) ?? 0)) < noteEveryMs) continue;
    try {
      await noteAlive(session, stationId, receivedMs);
      notedAt.set(stationId, receivedMs);
    } catch (error) {
      logger.warn('sign of life not noted', { stationId, error: error as Error });
    }
  }
}

/** @param changes what the gateway told of itself with it; a function is asked again, with what is stored then, when others were faster */
export async function noteAlive(
  session: TenantSession,
  stationId: string,
  seenMs: number,
  changes: Partial<GatewayState> | ((before: GatewayState | undefined, unit: UnitOfWork) => Partial<GatewayState>) = {},
): Promise<void> {
  const told = typeof changes === 'function' ? changes : () => changes;
  await watch(session, stationId, seenMs, true);
  await retryOnChangeOrMade(async () => {
    const state = await session.get(gatewayStateEntity, { id: stationId }, { consistent: true });
    const seenAt = isoTime(seenMs);
    if (state === undefined) {
      await session.transact('scada', (unit) => {
        const item = { id: stationId, online: true, since: seenAt, lastSeenAt: seenAt };
        unit.create(gatewayStateEntity, { ...item, ...told(undefined, unit) });
        unit.emit(gatewayStatusChanged, eventOf(stationId, 'unknown', 'online', seenAt));
      });
      return;
    }
    // What was sent before the gateway was found gone says nothing of now.
    const isBack = !state.online && seenAt > state.since;
    if (isBack) await clearSilence(session, stationId, state, seenMs);
    const lastSeenAt = seenAt > state.lastSeenAt ? seenAt : state.lastSeenAt;
    await session.transact('scada', (unit) => {
      unit.update(gatewayStateEntity, state, {
        ...told(state, unit),
        lastSeenAt,
        ...(isBack ? { online: true, since: seenAt } : {}),
      });
      if (isBack) unit.emit(gatewayStatusChanged, eventOf(stationId, 'offline', 'online', seenAt));
    });
  });
}

/** @param seenMs when it was heard last, which names the alarm: found twice, it is raised once */
export async function noteGone(
  session: TenantSession,
  stationId: string,
  seenMs: number,
  reason: string,
): Promise<void> {
  await retryOnChangeOrMade(async () => {
    const state = await session.get(gatewayStateEntity, { id: stationId }, { consistent: true });
    if (state === undefined || !state.online || Date.parse(state.lastSeenAt) > seenMs) return;
    await takeOccurrence(session, { ...silenceOf(stationId, Date.parse(state.lastSeenAt)), state: 'raised', reason });
    await session.transact('scada', (unit) => {
      const now = session.context.now();
      unit.update(gatewayStateEntity, state, { online: false, since: now });
      unit.emit(gatewayStatusChanged, eventOf(stationId, 'online', 'offline', now, reason));
    });
  });
  await watch(session, stationId, seenMs, false);
  notedAt.delete(stationId);
}

async function clearSilence(
  session: TenantSession,
  stationId: string,
  state: GatewayState,
  timeMs: number,
): Promise<void> {
  const silence = silenceOf(stationId, Date.parse(state.lastSeenAt));
  await takeOccurrence(session, { ...silence, state: 'cleared', timeMs });
}

const silenceOf = (stationId: string, lastSeenMs: number) => ({
  stationId,
  sourceAlarmId: `gateway-silent:${lastSeenMs}`,
  source: 'platform' as const,
  kind: 'communication' as const,
  priority: 'high' as const,
  timeMs: lastSeenMs,
  raisedAtMs: lastSeenMs,
});

async function watch(session: TenantSession, stationId: string, seenMs: number, online: boolean): Promise<void> {
  const row = { stationId, tenantId: session.tenantId, lastSeenAt: isoTime(seenMs), online };
  await writeMany([putStep(openGlobalSession(), gatewayWatchEntity, row)]);
}

const eventOf = (stationId: string, previousState: string, state: string, time: string, reason?: string) => ({
  aggregateId: stationId,
  occurredAt: time,
  payload: { stationId, previousState, state, ...(reason === undefined ? {} : { reason }), time },
});
