/** On which days a meter counts in an area. The meter's row holds all its areas, so two who assign it at once cannot both. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError, notFound } from '../../../layers/kernel/errors/app-error.ts';
import { metersById } from '../../metering/contract.ts';
import { byDay, overlap, refuseBadSpans } from './day-spans.ts';
import {
  type DaySpan,
  type LossMember,
  type LossPlace,
  lossAreaEntity,
  lossMemberEntity,
  lossPlaceEntity,
} from './loss-area-entity.ts';

export interface PlaceOfMeter {
  meterId: string;
  spans: DaySpan[];
}

/** Spans a meter has in all areas together. */
const mostSpans = 200;

export async function assignMeters(session: TenantSession, areaId: string, places: readonly PlaceOfMeter[]) {
  const ids = places.map(({ meterId }) => meterId);
  const twice = ids.find((id, i) => ids.indexOf(id) < i);
  if (twice !== undefined)
    throw new AppError('unprocessable', undefined, {
      texts: { en: `Meter "${twice}" is named twice.`, ar: `ذُكر العداد "${twice}" مرتين.` },
    });
  for (const { meterId, spans } of places) refuseBadSpans(meterId, spans);
  await session.require(lossAreaEntity, { id: areaId });
  const known = await metersById(session, ids);
  const unknown = ids.find((id) => !known.has(id));
  if (unknown !== undefined) throw notFound('meter', unknown);
  await retryOnChangeOrMade(() => assign(session, areaId, places));
  return places.map(({ meterId, spans }) => ({ meterId, spans: [...spans].sort(byDay) }));
}

async function assign(session: TenantSession, areaId: string, places: readonly PlaceOfMeter[]): Promise<void> {
  const area = await session.require(lossAreaEntity, { id: areaId });
  if (area.networkElementId !== undefined)
    throw new AppError('conflict', undefined, {
      texts: {
        en: `The area’s meters are those placed on "${area.networkElementId}" in the network: place them there.`,
        ar: `عدادات المنطقة هي الموضوعة على "${area.networkElementId}" في الشبكة: ضعها هناك.`,
      },
    });
  const before = await Promise.all(
    places.map(({ meterId }) => session.get(lossPlaceEntity, { meterId }, { consistent: true })),
  );
  const members = await Promise.all(
    places.map(({ meterId }) => session.get(lossMemberEntity, { areaId, meterId }, { consistent: true })),
  );
  await session.transact('billing', (unit) => {
    // An area that is deleted, or given to the network, at the same moment moves on from this version.
    unit.update(lossAreaEntity, area, {}, { isAudited: false });
    for (const [i, place] of places.entries()) write(unit, areaId, place, before[i], members[i]);
  });
}

function write(
  unit: UnitOfWork,
  areaId: string,
  { meterId, spans }: PlaceOfMeter,
  before: (LossPlace & Stored) | undefined,
  member: (LossMember & Stored) | undefined,
): void {
  const others = (before?.spans ?? []).filter((span) => span.areaId !== areaId);
  for (const span of spans) {
    const taken = others.find((other) => overlap(other, span));
    if (taken) throw countedElsewhere(meterId, taken);
  }
  const after = [...others, ...spans.map(({ from, to }) => ({ areaId, from, ...(to === undefined ? {} : { to }) }))];
  if (after.length > mostSpans)
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: `A meter has at most ${mostSpans} spans of days in all areas together.`,
        ar: `للعداد ${mostSpans} فترة على الأكثر في كل المناطق معًا.`,
      },
    });
  after.sort(byDay);
  if (before === undefined) unit.create(lossPlaceEntity, { meterId, spans: after });
  else unit.update(lossPlaceEntity, before, { spans: after });
  if (spans.length > 0 && member === undefined) unit.put(lossMemberEntity, { areaId, meterId });
  if (spans.length === 0 && member !== undefined) unit.delete(lossMemberEntity, member);
}

const countedElsewhere = (meterId: string, { areaId, from, to }: DaySpan & { areaId: string }): AppError =>
  new AppError('conflict', undefined, {
    texts: {
      en: `Meter "${meterId}" counts in the area "${areaId}" from ${from}${to === undefined ? ' on' : ` until ${to}`}.`,
      ar: `العداد "${meterId}" محسوب في المنطقة "${areaId}" من ${from}${to === undefined ? '' : ` حتى ${to}`}.`,
    },
  });
