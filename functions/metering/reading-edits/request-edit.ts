/** Takes an edit of a reading: checks that it can be, and applies it or lets it wait for a second person. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { personBehind } from '../../identity/contract.ts';
import { applyInto, planEdit } from './apply-edit.ts';
import { readEditSettings, readingEditEntity } from './edit-entity.ts';
import type { ReadingEdit, RequestEdit } from './edit-schema.ts';

export async function requestEdit(
  session: TenantSession,
  request: RequestEdit,
  subject: string,
): Promise<ReadingEdit & Stored> {
  const [{ needsApproval }, requestedBy] = await Promise.all([
    readEditSettings(session),
    personBehind(session, subject),
  ]);
  const now = session.context.now();
  const asked: ReadingEdit = {
    ...request,
    id: newId('edt'),
    status: needsApproval ? 'requested' : 'applied',
    requestedBy,
    requestedAt: now,
  };
  return retryOnChange(async () => {
    const plan = await planEdit(session, asked);
    if (needsApproval) return session.transact('metering', (unit) => unit.create(readingEditEntity, asked));
    return session.transact('metering', (unit) => {
      const applied: ReadingEdit = { ...asked, ...plan.recorded, decidedAt: now };
      applyInto(unit, session, plan, applied);
      return unit.create(readingEditEntity, applied);
    });
  });
}

export function approveEdit(session: TenantSession, id: string, subject: string): Promise<ReadingEdit & Stored> {
  return retryOnChange(async () => {
    const edit = await requireWaiting(session, id);
    const decidedBy = await personBehind(session, subject);
    if (decidedBy === edit.requestedBy)
      throw new AppError('forbidden', undefined, {
        texts: { en: 'Who asked for it cannot approve it.', ar: 'لا يوافق على التعديل من طلبه.' },
      });
    // Judged again: other edits and readings may have come since.
    const plan = await planEdit(session, edit);
    return session.transact('metering', (unit) => {
      const applied = unit.update(readingEditEntity, edit, {
        status: 'applied',
        decidedBy,
        decidedAt: session.context.now(),
        ...plan.recorded,
      });
      applyInto(unit, session, plan, applied);
      return applied;
    });
  });
}

export function declineEdit(
  session: TenantSession,
  id: string,
  subject: string,
  declineReason: string,
): Promise<ReadingEdit & Stored> {
  return retryOnChange(async () => {
    const edit = await requireWaiting(session, id);
    const decidedBy = await personBehind(session, subject);
    return session.transact('metering', (unit) =>
      unit.update(readingEditEntity, edit, {
        status: 'declined',
        decidedBy,
        decidedAt: session.context.now(),
        declineReason,
      }),
    );
  });
}

async function requireWaiting(session: TenantSession, id: string): Promise<ReadingEdit & Stored> {
  const edit = await session.require(readingEditEntity, { id });
  if (edit.status !== 'requested')
    throw new AppError('conflict', undefined, {
      texts: { en: `The edit is ${edit.status} already.`, ar: `حالة التعديل الآن: ${edit.status}.` },
    });
  return edit;
}
