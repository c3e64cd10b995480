/** Lets an edit of usage count, or no longer count: in the one row of its meter, whose version two persons cannot both move. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { meterEntity } from '../meters/meter-entity.ts';
import { type MeterUsageEdits, meterUsageEditsEntity, usageEditEntity } from './usage-edit-entity.ts';
import { usageEdited } from './usage-edit-events.ts';
import type { UsageEdit } from './usage-edit-schema.ts';

/** Far more than any meter needs; keeps the row small. */
const mostEdits = 500;

/**
 * @returns what adds the decision to a unit of work, given the edit as it is recorded
 * @throws AppError `conflict` where another edit that counts touches the stretch, or where the one to undo does not count
 */
export async function countInto(
  session: TenantSession,
  asked: UsageEdit,
): Promise<(unit: UnitOfWork, edit: UsageEdit) => void> {
  const { meterId, action, undoes } = asked;
  const before = await session.get(meterUsageEditsEntity, { meterId }, { consistent: true });
  const edits = before?.edits ?? [];
  const unmarked = before === undefined ? await session.require(meterEntity, { id: meterId }) : undefined;
  if (action === 'set') refuseTouching(edits, asked);
  const undone = action === 'undo' ? await session.require(usageEditEntity, { id: undoes! }) : undefined;
  if (undone !== undefined && !edits.some(({ id, until }) => id === undoes && until === undefined))
    throw new AppError('conflict', undefined, {
      texts: { en: 'The edit does not count, so there is nothing to undo.', ar: 'التعديل غير سارٍ فلا شيء يُلغى.' },
    });
  return (unit, edit) => {
    const { id, from, to, energy, method, decidedAt } = edit;
    const since = decidedAt!;
    const after: MeterUsageEdits['edits'] =
      undone === undefined
        ? [...edits, { id, from, to, energy, method, since }]
        : edits.map((each) => (each.id === undoes ? { ...each, until: since } : each));
    if (unmarked !== undefined) unit.update(meterEntity, unmarked, { hasUsageEdits: true }, { isAudited: false });
    if (before === undefined) unit.create(meterUsageEditsEntity, { meterId, edits: after });
    else unit.update(meterUsageEditsEntity, before, { edits: after }, { isAudited: false });
    if (undone !== undefined) unit.update(usageEditEntity, undone, { undoneBy: id, undoneAt: since });
    announce(unit, edit);
  };
}

function refuseTouching(edits: MeterUsageEdits['edits'], { from, to, energy = 'taken' }: UsageEdit): void {
  const other = edits.find(
    (each) => each.until === undefined && (each.energy ?? 'taken') === energy && each.from < to && each.to > from,
  );
  if (other !== undefined)
    throw new AppError('conflict', undefined, {
      texts: {
        en: `Edit "${other.id}" decides about ${other.from} to ${other.to} already: undo it first.`,
        ar: `يقرّر التعديل "${other.id}" بشأن الفترة من ${other.from} إلى ${other.to}: ألغه أولًا.`,
      },
    });
  if (edits.length >= mostEdits)
    throw new AppError('conflict', undefined, {
      texts: {
        en: `The meter has ${mostEdits} edits of usage: exchange it, or correct its readings.`,
        ar: `للعداد ${mostEdits} تعديل للاستهلاك: استبدله أو صحّح قراءاته.`,
      },
    });
}

function announce(unit: UnitOfWork, edit: UsageEdit): void {
  const {
    id,
    meterId,
    action,
    from,
    to,
    energy = 'taken',
    method,
    oldKwh,
    newKwh,
    reason,
    requestedBy,
    decidedBy,
  } = edit;
  unit.emit(usageEdited, {
    aggregateId: meterId,
    payload: {
      editId: id,
      ...{ meterId, action, from, to, energy, method, reason, requestedBy },
      ...(oldKwh === undefined ? {} : { oldKwh }),
      ...(newKwh === undefined ? {} : { newKwh }),
      ...(decidedBy === undefined ? {} : { decidedBy }),
    },
  });
}
