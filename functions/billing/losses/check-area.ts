/** What an area refers to exists and fits, before it is stored; and nothing counts in one that is deleted. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError, notFound } from '../../../layers/kernel/errors/app-error.ts';
import { metersById } from '../../metering/contract.ts';
import { requireEnergyPoint, requireNetworkElement, requirePowerPoint } from '../../scada/contract.ts';
import { refuseBadSpans } from './day-spans.ts';
import { type LossArea, lossAreaEntity, lossAreasIn, lossMemberEntity, membersOf } from './loss-area-entity.ts';

/** @throws AppError `not_found` for meters, points, parents and elements the tenant does not have; `unprocessable` for what does not fit */
export async function checkArea(session: TenantSession, unit: UnitOfWork, area: LossArea): Promise<void> {
  const byMeter = Map.groupBy(area.inputMeters, ({ meterId }) => meterId);
  for (const [meterId, spans] of byMeter) refuseBadSpans(meterId, spans);
  const meters = await metersById(session, [...byMeter.keys()]);
  const unknown = [...byMeter.keys()].find((id) => !meters.has(id));
  if (unknown !== undefined) throw notFound('meter', unknown);
  // A field that is removed is null here until it is stored.
  const byPoint = Map.groupBy(area.inputPoints ?? [], ({ pointId }) => pointId);
  for (const [pointId, spans] of byPoint) {
    refuseBadSpans(pointId, spans);
    for (const measures of new Set(spans.map((each) => each.measures ?? 'energy')))
      await (measures === 'power' ? requirePowerPoint : requireEnergyPoint)(session, pointId);
    refuseOthersFields(pointId, spans);
  }
  for (const [name, spans] of Map.groupBy(area.unmeteredLoads ?? [], (load) => load.name)) refuseBadSpans(name, spans);
  if (area.networkElementId != null) await requireNetworkElement(session, area.networkElementId);
  if (area.parentId == null) return;
  const parent = await session.require(lossAreaEntity, { id: area.parentId });
  if (area.kind !== 'transformer' || parent.kind !== 'feeder')
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: 'Only a transformer has a parent, and the parent is a feeder.',
        ar: 'للمحوّل وحده منطقة أعلى، وهي مغذٍّ.',
      },
    });
  unit.requireExists(lossAreaEntity, { id: parent.id });
}

function refuseOthersFields(pointId: string, inputs: NonNullable<LossArea['inputPoints']>): void {
  if (
    inputs.every(({ measures, rollsOverAtKwh, bridgeMinutes }) =>
      measures === 'power' ? rollsOverAtKwh === undefined : bridgeMinutes === undefined,
    )
  )
    return;
  throw new AppError('unprocessable', undefined, {
    texts: {
      en: `Point "${pointId}": a counter rolls over and has no gaps to bridge, power has gaps and does not roll over.`,
      ar: `النقطة "${pointId}": العدّاد يعود إلى الصفر ولا فجوات فيه لتُسد، والقدرة فيها فجوات ولا تعود إلى الصفر.`,
    },
  });
}

/** Refuses the network as the source of meters while there is a list by hand: `conflict`. */
export async function refuseTwoLists(session: TenantSession, areaId: string): Promise<void> {
  if (await hasMeters(session, areaId))
    throw new AppError('conflict', undefined, {
      texts: {
        en: 'Meters are assigned to the area by hand: remove them before the network tells its meters.',
        ar: 'أُسندت عدادات إلى المنطقة يدويًا: أزلها قبل أن تُؤخذ عداداتها من الشبكة.',
      },
    });
}

/** Refuses to delete an area in which something counts: `conflict`. */
export async function refuseInUse(session: TenantSession, areaId: string): Promise<void> {
  const children = session.query(lossAreaEntity, { index: 'gsi2', pk: lossAreasIn(areaId), limit: 1 });
  if ((await hasMeters(session, areaId)) || (await children).items.length > 0)
    throw new AppError('conflict', undefined, {
      texts: {
        en: 'Meters or transformers count in the area: remove them first.',
        ar: 'في المنطقة عدادات أو محوّلات محسوبة: أزلها أولًا.',
      },
    });
}

async function hasMeters(session: TenantSession, areaId: string): Promise<boolean> {
  const { items } = await session.query(lossMemberEntity, { pk: membersOf(areaId), limit: 1, consistent: true });
  return items.length > 0;
}
