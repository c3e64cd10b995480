/** Raises the priority of an alarm nobody acknowledged in time, again and again up to critical; or when a person says so. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { isoTime } from '../../../layers/metering/reading-time.ts';
import { alertEscalated } from '../events.ts';
import { scadaSettings } from '../settings/settings-entity.ts';
import { setTimer } from '../timers/timer-entity.ts';
import { type Alarm, alarmEntity, priorities } from './alarm-entity.ts';
import { type By, changeAlarm } from './change-alarm.ts';

/** An alarm nobody looks at for so long is told of no more; it stays open. */
const maxEscalations = 10;

/** Timer. */
export async function escalateWhenDue(session: TenantSession, id: string): Promise<void> {
  await retryOnChangeOrMade(async () => {
    const alarm = await session.get(alarmEntity, { id }, { consistent: true });
    // One on the shelf begins anew when it leaves it.
    if (alarm === undefined || alarm.status !== 'raised' || alarm.shelved || alarm.suppressed) return;
    if (alarm.escalations >= maxEscalations) return;
    const { escalateAfterMinutes } = await scadaSettings(session);
    const since = Date.parse(alarm.escalatedAt ?? alarm.createdAt);
    const minutes = escalateAfterMinutes[alarm.priority];
    // A timer that came a second time, or one that a longer time was chosen after.
    if (minutes === null || Date.parse(session.context.now()) < since + minutes * 60_000) return;
    await escalate(session, alarm, { subject: 'system' });
  });
}

export async function escalateAlarm(session: TenantSession, id: string, by: By): Promise<Alarm & Stored> {
  const alarm = await session.require(alarmEntity, { id });
  if (alarm.status === 'closed') throw new AppError('conflict', 'The alarm is closed.');
  if (alarm.priority === 'critical') throw new AppError('conflict', 'The alarm is critical already.');
  return escalate(session, alarm, by);
}

async function escalate(session: TenantSession, alarm: Alarm & Stored, by: By): Promise<Alarm & Stored> {
  const { escalateAfterMinutes } = await scadaSettings(session);
  const priority = priorities[Math.min(priorities.indexOf(alarm.priority) + 1, priorities.length - 1)]!;
  const changes = { priority, escalations: alarm.escalations + 1, escalatedAt: session.context.now() };
  return changeAlarm(session, alarm, changes, by, [alertEscalated], (unit) => {
    const minutes = escalateAfterMinutes[priority];
    if (minutes === null || alarm.status !== 'raised') return;
    const dueAt = isoTime(Date.parse(session.context.now()) + minutes * 60_000);
    setTimer(unit, { kind: 'escalate-alarm', tenantId: session.tenantId, ref: alarm.id, dueAt });
  });
}
