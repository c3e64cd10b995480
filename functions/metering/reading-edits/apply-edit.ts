/** Lays an edit over its reading: what stood and what will stand are found first, and written only if nothing moved since. */
import { tableName } from '../../../layers/kernel/config/resource-names.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { contradictsNoted } from '../../../layers/metering/check-reading.ts';
import { segmentAt } from '../../../layers/metering/meter-state.ts';
import { type Overlay, packOverlay } from '../../../layers/metering/reading-edits.ts';
import { fromUnits, modulusOf, toUnits } from '../../../layers/metering/register.ts';
import { rejectionReasons } from '../../../layers/metering/rejection-reasons.ts';
import { refused } from '../meters/check-devices.ts';
import { meterEntity } from '../meters/meter-entity.ts';
import { profileOf } from '../meters/meter-profile.ts';
import type { Meter } from '../meters/meter-schema.ts';
import { readStates, updateProfile } from '../meters/meter-states.ts';
import { overlayKey, readingsTable, readMoment } from '../readings/readings-store.ts';
import { readingEdited } from './edit-events.ts';
import type { ReadingEdit } from './edit-schema.ts';

export interface EditPlan {
  meter: Meter;
  overlay: Overlay;
  /** What the edit says of itself once it counts. */
  recorded: { sequence: number; oldRegisterKwh?: string; newExportRegisterKwh?: string };
  /** Whether the reading is the one that new readings are checked against. */
  isReference: boolean;
}

/** @throws AppError `not_found` without such a meter or reading, `conflict` when it would change nothing, `unprocessable` */
export async function planEdit(session: TenantSession, edit: ReadingEdit): Promise<EditPlan> {
  const meter = await session.require(meterEntity, { id: edit.meterId });
  const timeMs = Date.parse(edit.time);
  const register = toUnits(edit.registerKwh)!;
  checkValues(session, meter, edit, timeMs);
  const [{ readings, overlays }, states] = await Promise.all([
    readMoment(session, edit.meterId, timeMs),
    readStates(session, [edit.meterId], true),
  ]);
  const known = readings.find(({ named }) => named === register);
  if (known === undefined && edit.action !== 'add')
    throw new AppError('not_found', undefined, {
      values: { entity: 'reading', id: `${edit.time} ${edit.registerKwh}` },
    });
  const standing = standingAfter(edit, register, known?.isAdded ?? true);
  const old = known?.stands ? known.reading.register : undefined;
  const before = overlays.find((overlay) => overlay.register === register);
  const given = toUnits(edit.newExportRegisterKwh);
  if (known !== undefined && old === standing && given === undefined)
    throw new AppError('conflict', undefined, {
      texts: { en: 'The reading stands like that already.', ar: 'القراءة على هذه الحال من قبل.' },
    });
  // A correction of the one register leaves what was corrected of the other.
  const exportRegister = given ?? (edit.action === 'correct' ? before?.exportRegister : undefined);
  const count = (before?.count ?? 0) + 1;
  const checkpoint = states.get(edit.meterId)?.checkpoint;
  return {
    meter,
    overlay: {
      timeMs,
      register,
      isAdded: known?.isAdded ?? true,
      standing,
      ...(exportRegister === undefined ? {} : { exportRegister }),
      editId: edit.id,
      count,
    },
    recorded: {
      sequence: count,
      ...(old === undefined ? {} : { oldRegisterKwh: fromUnits(old) }),
      ...(exportRegister === undefined ? {} : { newExportRegisterKwh: fromUnits(exportRegister) }),
    },
    isReference: checkpoint?.time === timeMs && checkpoint.register === register,
  };
}

/** Register units that stand after an edit; undefined when nothing does. */
export function standingAfter(
  { action, newRegisterKwh }: ReadingEdit,
  register: number,
  isAdded: boolean,
): number | undefined {
  switch (action) {
    case 'add':
      return register;
    case 'correct':
      return toUnits(newRegisterKwh);
    case 'reject':
      return undefined;
    case 'restore':
      // What was added by a person never arrived: taking the addition back leaves nothing.
      return isAdded ? undefined : register;
    default:
      return action satisfies never;
  }
}

function checkValues(session: TenantSession, meter: Meter, edit: ReadingEdit, timeMs: number): void {
  const { action, newRegisterKwh, newExportRegisterKwh } = edit;
  if (edit.time > session.context.now()) throw refused('/time', 'The time is yet to come.', 'هذا الوقت لم يحن بعد.');
  if ((action === 'correct') !== (newRegisterKwh !== undefined))
    throw refused(
      '/newRegisterKwh',
      'Give the right value here with a correction, and only with one.',
      'اكتب هنا القيمة الصحيحة عند التصحيح، ولا تكتبها في غيره.',
    );
  if (newExportRegisterKwh !== undefined && action !== 'correct' && action !== 'add')
    throw refused(
      '/newExportRegisterKwh',
      'Only a correction or an added reading has it.',
      'لا تُكتب إلا عند تصحيح قراءة أو إضافتها.',
    );
  const segment = segmentAt(profileOf(meter), timeMs);
  if (segment === undefined)
    throw refused('/time', 'No device was installed at that time.', 'لم يكن هناك جهاز مركّب في ذلك الوقت.');
  const value = toUnits(newRegisterKwh ?? (action === 'add' ? edit.registerKwh : undefined));
  if (value !== undefined && value >= modulusOf(segment.digits))
    throw refused(
      '/newRegisterKwh',
      `It does not fit a register of ${segment.digits} digits.`,
      `القراءة لا تتسع لها خانات العداد (${segment.digits}).`,
    );
  const exported = toUnits(newExportRegisterKwh);
  if (exported !== undefined && exported >= modulusOf(segment.digits))
    throw refused(
      '/newExportRegisterKwh',
      `It does not fit a register of ${segment.digits} digits.`,
      `القراءة لا تتسع لها خانات العداد (${segment.digits}).`,
    );
  const refusal = value === undefined ? undefined : contradictsNoted({ time: timeMs, register: value }, segment);
  if (refusal !== undefined) throw refused('/newRegisterKwh', refusal.detail, rejectionReasons[refusal.reason].ar);
}

/** @param edit as it is recorded, applied */
export function applyInto(unit: UnitOfWork, session: TenantSession, plan: EditPlan, edit: ReadingEdit): void {
  const { meter, overlay, isReference } = plan;
  const { pk, sk } = overlayKey(session, edit.meterId, overlay.timeMs, overlay.register);
  unit.step(
    {
      Put: {
        TableName: tableName(readingsTable),
        Item: { pk: pk!.S, sk: sk!.S, e: packOverlay(overlay), n: overlay.count },
        ConditionExpression: 'attribute_not_exists(pk) OR n = :before',
        ExpressionAttributeValues: { ':before': overlay.count - 1 },
      },
    },
    () => new AppError('version_conflict'),
  );
  // What was wrong must not judge what comes; the next reading that fits the device takes its place.
  if (isReference) updateProfile(unit, session, meter, true);
  unit.emit(readingEdited, {
    aggregateId: edit.meterId,
    payload: {
      editId: edit.id,
      meterId: edit.meterId,
      action: edit.action,
      time: edit.time,
      ...(edit.oldRegisterKwh === undefined ? {} : { oldRegisterKwh: edit.oldRegisterKwh }),
      ...(overlay.standing === undefined ? {} : { newRegisterKwh: fromUnits(overlay.standing) }),
      reason: edit.reason,
      requestedBy: edit.requestedBy,
      ...(edit.decidedBy === undefined ? {} : { decidedBy: edit.decidedBy }),
    },
  });
}
