/** What people do with an alarm: each with its event, its entry in the audit trail and, where given, a comment. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { EventDefinition } from '../../../layers/kernel/events/define-event.ts';
import { alertAcknowledged, alertClosed } from '../events.ts';
import { type Alarm, alarmEntity } from './alarm-entity.ts';

export interface By {
  /** Who acts. */
  subject: string;
  comment?: string | undefined;
  /** The version the person saw. */
  expectedVersion?: number | undefined;
}

/** Alarms are talked about, not discussed for ever. */
const maxComments = 100;

/** Seen by a person. One whose condition is gone already is thereby done with. */
export async function acknowledgeAlarm(session: TenantSession, id: string, by: By): Promise<Alarm & Stored> {
  const alarm = await session.require(alarmEntity, { id });
  if (alarm.status === 'closed') throw new AppError('conflict', 'The alarm is closed.');
  if (alarm.status === 'acknowledged') return by.comment === undefined ? alarm : commentAlarm(session, id, by);
  const now = session.context.now();
  const seen: Partial<Alarm> = { status: 'acknowledged', acknowledgedAt: now, acknowledgedBy: by.subject };
  const done: Partial<Alarm> = alarm.active ? {} : { status: 'closed', closedAt: now, closedBy: 'system' };
  return changeAlarm(session, alarm, { ...seen, ...done }, by, [
    alertAcknowledged,
    ...(alarm.active ? [] : [alertClosed]),
  ]);
}

/** @throws AppError `unprocessable` for an alarm whose condition is still there, unless a comment says why */
export async function closeAlarm(session: TenantSession, id: string, by: By): Promise<Alarm & Stored> {
  const alarm = await session.require(alarmEntity, { id });
  if (alarm.status === 'closed') throw new AppError('conflict', 'The alarm is closed already.');
  if (alarm.active && by.comment === undefined)
    throw new AppError('unprocessable', 'The condition is still there: say in a comment why the alarm is closed.');
  const now = session.context.now();
  const acknowledged = alarm.acknowledgedAt === undefined ? { acknowledgedAt: now, acknowledgedBy: by.subject } : {};
  const closed = { status: 'closed' as const, closedAt: now, closedBy: by.subject };
  return changeAlarm(session, alarm, { ...acknowledged, ...closed }, by, [alertClosed]);
}

export async function commentAlarm(session: TenantSession, id: string, by: By): Promise<Alarm & Stored> {
  return changeAlarm(session, await session.require(alarmEntity, { id }), {}, by, []);
}

/** @throws AppError `version_conflict` when the alarm is not the one the person saw */
export async function changeAlarm(
  session: TenantSession,
  alarm: Alarm & Stored,
  changes: Partial<{ [P in keyof Alarm]: Alarm[P] | null }>,
  { subject, comment, expectedVersion }: By,
  events: readonly EventDefinition<string, any>[],
  further?: (unit: UnitOfWork, after: Alarm) => void,
): Promise<Alarm & Stored> {
  if (expectedVersion !== undefined && expectedVersion !== alarm.version) throw new AppError('version_conflict');
  if (comment !== undefined && alarm.comments.length >= maxComments)
    throw new AppError('unprocessable', `An alarm holds ${maxComments} comments.`);
  const comments =
    comment === undefined
      ? alarm.comments
      : [...alarm.comments, { at: session.context.now(), by: subject, text: comment }];
  return session.transact('scada', (unit) => {
    const after = unit.update(alarmEntity, alarm, { ...changes, comments });
    for (const event of events) unit.emit(event, { aggregateId: alarm.id, payload: after });
    further?.(unit, after);
    return after;
  });
}
