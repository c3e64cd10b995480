/**
 * When a station raises more alarms in a minute than anybody can read, those beyond the limit are held back and one alarm
 * stands for them all. Nothing is lost: what is still there when the flood ebbs away is told then, a minute's worth at a
 * time, and what went meanwhile is in the station's history. Critical alarms are never held back.
 */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { updateAtomically } from '../../../layers/kernel/data/update-atomically.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import { countMetric } from '../../../layers/kernel/observability/logger.ts';
import { isoTime } from '../../../layers/metering/reading-time.ts';
import { directoryOf } from '../configurations/load-directory.ts';
import { alertCleared, alertClosed, alertRaised } from '../events.ts';
import { scadaSettings } from '../settings/settings-entity.ts';
import { setTimer } from '../timers/timer-entity.ts';
import { type Alarm, alarmEntity, suppressedAlarms } from './alarm-entity.ts';
import { alarmTitle } from './alarm-title.ts';
import { tell } from './take-occurrence.ts';

const minuteMs = 60_000;

interface Rate {
  stationId: string;
  /** Number of the minute. */
  minute: number;
  raised: number;
  expiresAt: number;
}

const rateEntity = defineEntity<Rate, Pick<Rate, 'stationId' | 'minute'>>()({
  name: 'alarm rate',
  table: 'scada',
  key: ({ stationId, minute }) => ({ pk: ['ALARM-RATE', stationId], sk: [String(minute)] }),
  idOf: ({ stationId, minute }) => `${stationId} ${minute}`,
});

/** The flood of a station that is going on, if any. */
interface Flood {
  stationId: string;
  alarmId: string;
}

const floodEntity = defineEntity<Flood, Pick<Flood, 'stationId'>>()({
  name: 'alarm flood',
  table: 'scada',
  key: ({ stationId }) => ({ pk: ['ALARM-FLOOD', stationId], sk: ['ALARM-FLOOD'] }),
  idOf: ({ stationId }) => stationId,
});

/** Counts new alarms of a station. @returns how many of them may be told one by one */
export async function admitAlarms(session: TenantSession, stationId: string, count: number): Promise<number> {
  if (count === 0) return 0;
  const { floodLimitPerMinute } = await scadaSettings(session);
  const minute = Math.floor(Date.parse(session.context.now()) / minuteMs);
  const rate = await updateAtomically(
    session,
    rateEntity,
    { stationId, minute },
    {
      update: 'ADD raised :count SET expiresAt = :expiry',
      values: { ':count': count, ':expiry': (minute + 10) * 60 },
    },
  );
  const before = (rate?.raised ?? count) - count;
  return Math.max(0, Math.min(count, floodLimitPerMinute - before));
}

/** Notes that alarms were held back: raises the alarm that stands for them, or adds to it. */
export async function noteSuppressed(session: TenantSession, stationId: string, count: number): Promise<void> {
  if (count === 0) return;
  countMetric('AlarmsSuppressed', count);
  await retryOnChangeOrMade(async () => {
    const flood = await session.get(floodEntity, { stationId }, { consistent: true });
    if (flood === undefined) await beginFlood(session, stationId, count);
    else {
      const alarm = await session.require(alarmEntity, { id: flood.alarmId });
      await session.transact('scada', (unit) =>
        unit.update(alarmEntity, alarm, { suppressedCount: (alarm.suppressedCount ?? 0) + count }),
      );
    }
  });
}

async function beginFlood(session: TenantSession, stationId: string, count: number): Promise<void> {
  const raisedAt = session.context.now();
  const alarm: Alarm = {
    id: derivedId('alm', Date.parse(raisedAt), `flood ${session.tenantId} ${stationId} ${raisedAt}`),
    stationId,
    kind: 'flood',
    source: 'platform',
    title: alarmTitle({ kind: 'flood', stationId }, undefined),
    sourceAlarmId: `flood:${raisedAt}`,
    priority: 'high',
    status: 'raised',
    active: true,
    raisedAt,
    shelved: false,
    escalations: 0,
    suppressed: false,
    suppressedCount: count,
    comments: [],
  };
  await session.transact('scada', (unit) => {
    unit.create(floodEntity, { stationId, alarmId: alarm.id });
    unit.create(alarmEntity, alarm);
    unit.emit(alertRaised, { aggregateId: alarm.id, payload: alarm });
    lookAgain(unit, session, stationId);
  });
}

/** Timer: tells held back alarms that are still there, as many as the minute bears, and ends the flood after the last. */
export async function endFlood(session: TenantSession, stationId: string): Promise<void> {
  const flood = await session.get(floodEntity, { stationId }, { consistent: true });
  if (flood === undefined) return;
  const { floodLimitPerMinute, escalateAfterMinutes } = await scadaSettings(session);
  const minute = Math.floor(Date.parse(session.context.now()) / minuteMs);
  const [last, present] = await Promise.all(
    [minute - 1, minute].map((m) => session.get(rateEntity, { stationId, minute: m }, { consistent: true })),
  );
  const room = floodLimitPerMinute - Math.max(last?.raised ?? 0, present?.raised ?? 0);
  const { items, nextCursor } = await session.query<Alarm>(alarmEntity, {
    index: 'gsi2',
    pk: suppressedAlarms(stationId),
    limit: Math.max(1, Math.min(room, 200)),
  });
  if (room > 0) {
    const directory = await directoryOf(session, stationId);
    for (const { id } of items)
      await retryOnChangeOrMade(async () => {
        const held = await session.require(alarmEntity, { id });
        if (!held.suppressed || held.status === 'closed') return;
        await session.transact('scada', (unit) => {
          const shown = unit.update(alarmEntity, held, { suppressed: false });
          const point = held.pointId === undefined ? undefined : directory.points.get(held.pointId);
          tell(unit, session, shown, point, escalateAfterMinutes[shown.priority]);
        });
      });
  }
  const isOver = room > 0 && nextCursor === null;
  await retryOnChangeOrMade(async () => {
    const stored = await session.get(floodEntity, { stationId }, { consistent: true });
    if (stored === undefined) return;
    const alarm = await session.require(alarmEntity, { id: stored.alarmId });
    await session.transact('scada', (unit) => {
      if (!isOver) return lookAgain(unit, session, stationId);
      unit.delete(floodEntity, stored);
      const isSeen = alarm.status === 'acknowledged';
      const now = session.context.now();
      const after = unit.update(alarmEntity, alarm, {
        active: false,
        clearedAt: now,
        ...(isSeen ? { status: 'closed', closedAt: now, closedBy: 'system' } : {}),
      });
      unit.emit(alertCleared, { aggregateId: alarm.id, payload: after });
      if (isSeen) unit.emit(alertClosed, { aggregateId: alarm.id, payload: after });
    });
  });
}

function lookAgain(unit: Parameters<typeof setTimer>[0], session: TenantSession, stationId: string): void {
  const dueAt = isoTime(Date.parse(session.context.now()) + 2 * minuteMs);
  setTimer(unit, { kind: 'end-flood', tenantId: session.tenantId, ref: stationId, dueAt });
}
