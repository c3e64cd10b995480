/** Puts an alarm aside for a time: it is neither in the active list nor escalated, and comes back by itself. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { isoTime } from '../../../layers/metering/reading-time.ts';
import { alertShelved, alertUnshelved } from '../events.ts';
import { scadaSettings } from '../settings/settings-entity.ts';
import { setTimer } from '../timers/timer-entity.ts';
import { type Alarm, alarmEntity } from './alarm-entity.ts';
import { type By, changeAlarm } from './change-alarm.ts';

/** Longer than this is no shelf but a wrong limit. */
const maxShelfMs = 7 * 86_400_000;

export async function shelveAlarm(session: TenantSession, id: string, until: string, by: By): Promise<Alarm & Stored> {
  const alarm = await session.require(alarmEntity, { id });
  if (alarm.status === 'closed') throw new AppError('conflict', 'The alarm is closed.');
  const aheadMs = Date.parse(until) - Date.parse(session.context.now());
  if (aheadMs <= 0 || aheadMs > maxShelfMs)
    throw new AppError('unprocessable', 'An alarm is shelved until a time within the next seven days.');
  const shelf = { shelved: true, shelvedUntil: until, shelvedBy: by.subject };
  return changeAlarm(session, alarm, shelf, by, [alertShelved], (unit) =>
    setTimer(unit, { kind: 'unshelve-alarm', tenantId: session.tenantId, ref: id, dueAt: until }),
  );
}

export async function unshelveAlarm(session: TenantSession, id: string, by: By): Promise<Alarm & Stored> {
  const alarm = await session.require(alarmEntity, { id });
  if (!alarm.shelved) throw new AppError('conflict', 'The alarm is not shelved.');
  return takeOffShelf(session, alarm, by);
}

/** Timer: the time is over, unless somebody chose another meanwhile. */
export async function unshelveWhenDue(session: TenantSession, id: string): Promise<void> {
  await retryOnChangeOrMade(async () => {
    const alarm = await session.get(alarmEntity, { id }, { consistent: true });
    if (alarm === undefined || !alarm.shelved || alarm.shelvedUntil! > session.context.now()) return;
    await takeOffShelf(session, alarm, { subject: 'system' });
  });
}

/** Nobody saw it on the shelf, so the time to escalate begins anew. */
async function takeOffShelf(session: TenantSession, alarm: Alarm & Stored, by: By): Promise<Alarm & Stored> {
  const { escalateAfterMinutes } = await scadaSettings(session);
  const minutes = escalateAfterMinutes[alarm.priority];
  const isOpen = alarm.status !== 'closed';
  const changes = { shelved: false, shelvedUntil: null, shelvedBy: null };
  return changeAlarm(session, alarm, changes, by, isOpen ? [alertUnshelved] : [], (unit) => {
    if (minutes === null || alarm.status !== 'raised') return;
    const dueAt = isoTime(Date.parse(session.context.now()) + minutes * 60_000);
    setTimer(unit, { kind: 'escalate-alarm', tenantId: session.tenantId, ref: alarm.id, dueAt });
  });
}
