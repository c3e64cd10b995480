/** Asks for edits of usage, approves and declines them. What counts changes in the transaction of the decision. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChange, retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { personBehind } from '../../identity/contract.ts';
import { meterEntity } from '../meters/meter-entity.ts';
import { readEditSettings } from '../reading-edits/edit-entity.ts';
import { countInto } from './count-usage-edit.ts';
import { planUsageEdit } from './plan-usage-edit.ts';
import { cellsRow, readCells, type UsageCell, usageEditEntity } from './usage-edit-entity.ts';
import type { RequestUsageEdit, UsageEdit } from './usage-edit-schema.ts';

type StoredEdit = UsageEdit & Stored;

/** @throws AppError `not_found`, `unprocessable`, `conflict` where an edit that counts touches the stretch */
export async function requestUsageEdit(
  session: TenantSession,
  request: RequestUsageEdit,
  subject: string,
): Promise<StoredEdit> {
  const { meterId, from, to, interval, energy, method, reason } = request;
  const asked = await newEdit(session, subject, { meterId, action: 'set', from, to, interval, energy, method, reason });
  return retryOnChangeOrMade(async () => {
    const meter = await session.require(meterEntity, { id: meterId });
    const count = await countInto(session, asked);
    const { cells, recorded } = await planUsageEdit(session, meter, request);
    return session.transact('metering', (unit) => {
      const edit = { ...asked, ...recorded };
      unit.put(...cellsRow(edit.id, cells));
      if (edit.status === 'applied') count(unit, edit);
      return unit.create(usageEditEntity, edit);
    });
  });
}

/** @throws AppError `not_found`; `conflict` when it does not count */
export async function undoUsageEdit(
  session: TenantSession,
  id: string,
  reason: string,
  subject: string,
): Promise<StoredEdit> {
  const before = await session.require(usageEditEntity, { id });
  const { meterId, from, to, interval, energy = 'taken', method, intervals, newKwh, oldKwh } = before;
  const asked: UsageEdit = {
    ...(await newEdit(session, subject, { meterId, action: 'undo', from, to, interval, energy, method, reason })),
    intervals,
    basis: 'what counted before',
    undoes: id,
    // Readings may have come since: what counted when the edit was made is all that is known without them.
    ...(newKwh === undefined ? {} : { oldKwh: newKwh }),
    ...(oldKwh === undefined ? {} : { newKwh: oldKwh }),
  };
  return retryOnChangeOrMade(async () => {
    const count = await countInto(session, asked);
    return session.transact('metering', (unit) => {
      if (asked.status === 'applied') count(unit, asked);
      return unit.create(usageEditEntity, asked);
    });
  });
}

async function newEdit(
  session: TenantSession,
  subject: string,
  what: Pick<UsageEdit, 'meterId' | 'action' | 'from' | 'to' | 'interval' | 'energy' | 'method' | 'reason'>,
): Promise<UsageEdit> {
  const [{ needsApproval }, requestedBy] = await Promise.all([
    readEditSettings(session),
    personBehind(session, subject),
  ]);
  const now = session.context.now();
  return {
    ...what,
    ...{ id: newId('ued'), intervals: 0, basis: '', requestedBy, requestedAt: now },
    ...(needsApproval ? { status: 'requested' } : { status: 'applied', decidedAt: now }),
  };
}

/** @throws AppError `conflict` also when what counts is no longer what the edit was asked over */
export function approveUsageEdit(session: TenantSession, id: string, subject: string): Promise<StoredEdit> {
  return retryOnChangeOrMade(async () => {
    const edit = await requireWaiting(session, id);
    const decidedBy = await personBehind(session, subject);
    if (decidedBy === edit.requestedBy)
      throw new AppError('forbidden', undefined, {
        texts: { en: 'Who asked for it cannot approve it.', ar: 'لا يوافق على التعديل من طلبه.' },
      });
    const count = await countInto(session, edit);
    if (edit.action === 'set') await refuseMoved(session, edit);
    return session.transact('metering', (unit) => {
      const applied = unit.update(usageEditEntity, edit, {
        status: 'applied',
        decidedBy,
        decidedAt: session.context.now(),
      });
      count(unit, applied);
      return applied;
    });
  });
}

/** The second person approves figures: those that came of readings must still come of them. */
async function refuseMoved(session: TenantSession, edit: StoredEdit): Promise<void> {
  const [meter, cells] = await Promise.all([
    session.require(meterEntity, { id: edit.meterId }),
    readCells(session, edit.id),
  ]);
  const { meterId, from, to, interval, energy = 'taken', reason } = edit;
  // Given values ask for nothing, so what counts beside them is all that is looked at.
  const values = cells.map(() => '0');
  const now = await planUsageEdit(session, meter, {
    ...{ meterId, from, to, interval, energy, reason, values },
    ...{ method: 'values', ignoreRegister: false },
  });
  const isSame = (a: readonly UsageCell[], b: readonly UsageCell[]): boolean =>
    a.length === b.length && a.every(({ old }, i) => old === b[i]!.old);
  if (!isSame(cells, now.cells))
    throw new AppError('conflict', undefined, {
      texts: {
        en: 'Readings of the stretch have come or changed since: decline the edit and ask for it anew.',
        ar: 'وصلت قراءات للفترة أو تغيّرت منذ الطلب: ارفض التعديل واطلبه من جديد.',
      },
    });
}

export function declineUsageEdit(
  session: TenantSession,
  id: string,
  subject: string,
  declineReason: string,
): Promise<StoredEdit> {
  return retryOnChange(async () => {
    const edit = await requireWaiting(session, id);
    const decidedBy = await personBehind(session, subject);
    return session.transact('metering', (unit) =>
      unit.update(usageEditEntity, edit, {
        status: 'declined',
        decidedBy,
        decidedAt: session.context.now(),
        declineReason,
      }),
    );
  });
}

async function requireWaiting(session: TenantSession, id: string): Promise<StoredEdit> {
  const edit = await session.require(usageEditEntity, { id });
  if (edit.status !== 'requested')
    throw new AppError('conflict', undefined, {
      texts: { en: `The edit is ${edit.status} already.`, ar: `حالة التعديل الآن: ${edit.status}.` },
    });
  return edit;
}
