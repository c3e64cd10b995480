/**
 * From what a gateway or the platform found to an alarm. An occurrence has a name, and its alarm's id follows from it: told
 * twice, in any order, by however many functions at once, it is one alarm that was raised once and cleared once.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import { isoTime } from '../../../layers/metering/reading-time.ts';
import type { DirectoryEntry } from '../configurations/point-directory.ts';
import { alertCleared, alertClosed, alertRaised } from '../events.ts';
import { scadaSettings } from '../settings/settings-entity.ts';
import { setTimer } from '../timers/timer-entity.ts';
import { type Alarm, alarmEntity } from './alarm-entity.ts';
import { alarmTitle } from './alarm-title.ts';
import { emitByRole } from './emit-by-role.ts';

export interface Occurrence {
  stationId: string;
  sourceAlarmId: string;
  source: Alarm['source'];
  kind: Alarm['kind'];
  state: 'raised' | 'cleared';
  priority: Alarm['priority'];
  /** Of this change, and when it was raised; milliseconds. */
  timeMs: number;
  raisedAtMs: number;
  pointId?: string | undefined;
  deviceId?: string | undefined;
  protocolId?: string | undefined;
  value?: Alarm['value'];
  limit?: Alarm['limit'];
  reason?: string | undefined;
  /** What the point means to the platform. */
  point?: DirectoryEntry | undefined;
}

export const alarmIdOf = (session: TenantSession, { stationId, sourceAlarmId, raisedAtMs }: Occurrence): string =>
  derivedId('alm', raisedAtMs, `${session.tenantId} ${stationId} ${sourceAlarmId}`);

/** @param suppressed whether a new alarm is held back, because too many come */
export async function takeOccurrence(
  session: TenantSession,
  occurrence: Occurrence,
  suppressed = false,
): Promise<void> {
  await retryOnChangeOrMade(async () => {
    const known = await session.get(alarmEntity, { id: alarmIdOf(session, occurrence) }, { consistent: true });
    if (known === undefined) await createAlarm(session, occurrence, suppressed);
    else if (occurrence.state === 'cleared' && known.active) await clearAlarm(session, known, occurrence);
  });
}

async function createAlarm(session: TenantSession, occurrence: Occurrence, suppressed: boolean): Promise<void> {
  const { escalateAfterMinutes } = await scadaSettings(session);
  const isOver = occurrence.state === 'cleared';
  const alarm: Alarm = {
    ...newAlarm(session, occurrence),
    ...(isOver ? { active: false, clearedAt: isoTime(occurrence.timeMs) } : {}),
    // What came and went while it was held back needs nobody any more; it is kept, and counted by its flood.
    ...(suppressed && isOver ? { status: 'closed', closedAt: session.context.now(), closedBy: 'system' } : {}),
    suppressed,
  };
  await session.transact('scada', (unit) => {
    unit.create(alarmEntity, alarm);
    if (!suppressed) tell(unit, session, alarm, occurrence.point, escalateAfterMinutes[alarm.priority]);
  });
}

/** What goes with an alarm that is told on its own: its event, those of its point's role, and its escalation. */
export function tell(
  unit: UnitOfWork,
  session: TenantSession,
  alarm: Alarm,
  point: DirectoryEntry | undefined,
  escalateAfterMinutes: number | null,
): void {
  unit.emit(alertRaised, { aggregateId: alarm.id, payload: alarm, occurredAt: alarm.raisedAt });
  emitByRole(unit, alarm, point);
  if (escalateAfterMinutes !== null)
    setTimer(unit, {
      kind: 'escalate-alarm',
      tenantId: session.tenantId,
      ref: alarm.id,
      dueAt: isoTime(Date.parse(session.context.now()) + escalateAfterMinutes * 60_000),
    });
}

function newAlarm(session: TenantSession, occurrence: Occurrence): Alarm {
  const { stationId, pointId, deviceId, protocolId, kind, source, sourceAlarmId, priority, value, limit, reason } =
    occurrence;
  return {
    id: alarmIdOf(session, occurrence),
    stationId,
    ...(pointId === undefined ? {} : { pointId }),
    ...(deviceId === undefined ? {} : { deviceId }),
    ...(protocolId === undefined ? {} : { protocolId }),
    kind,
    source,
    title: alarmTitle(occurrence, occurrence.point?.name),
    sourceAlarmId,
    priority,
    status: 'raised',
    active: true,
    ...(value === undefined ? {} : { value }),
    ...(limit === undefined ? {} : { limit }),
    ...(reason === undefined ? {} : { reason }),
    raisedAt: isoTime(occurrence.raisedAtMs),
    shelved: false,
    escalations: 0,
    suppressed: false,
    comments: [],
  };
}

/** The condition is gone. Whoever acknowledged it is done with it; otherwise it stays until somebody has seen it. */
async function clearAlarm(session: TenantSession, alarm: Alarm & Stored, { timeMs }: Occurrence): Promise<void> {
  const isSeen = alarm.status === 'acknowledged' || alarm.suppressed;
  const closing = { status: 'closed' as const, closedAt: session.context.now(), closedBy: 'system' };
  await session.transact('scada', (unit) => {
    const after = unit.update(alarmEntity, alarm, {
      active: false,
      clearedAt: isoTime(timeMs),
      ...(isSeen && alarm.status !== 'closed' ? closing : {}),
    });
    if (alarm.suppressed) return;
    unit.emit(alertCleared, { aggregateId: alarm.id, payload: after, occurredAt: isoTime(timeMs) });
    if (after.status === 'closed' && alarm.status !== 'closed')
      unit.emit(alertClosed, { aggregateId: alarm.id, payload: after });
  });
}
