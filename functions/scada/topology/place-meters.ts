/** Which element supplies a meter. The meters themselves are metering's: only those it knows are placed. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { deleteStep, putStep, writeMany } from '../../../layers/kernel/data/write-many.ts';
import { notFound } from '../../../layers/kernel/errors/app-error.ts';
import { metersById } from '../../metering/contract.ts';
import { elementEntity, meterPlaceEntity } from './element-entity.ts';

export async function placeMeters(session: TenantSession, elementId: string, meterIds: readonly string[]) {
  await session.require(elementEntity, { id: elementId });
  const wanted = [...new Set(meterIds)];
  const meters = await metersById(session, wanted);
  const known = wanted.filter((id) => meters.has(id));
  // Where a meter hangs is one row: the last word counts, and saying it again changes nothing.
  await writeMany(known.map((meterId) => putStep(session, meterPlaceEntity, { meterId, elementId })));
  return { placed: known.length, unknownMeterIds: wanted.filter((id) => !meters.has(id)) };
}

export async function removeMeter(session: TenantSession, elementId: string, meterId: string): Promise<void> {
  const place = await session.get(meterPlaceEntity, { meterId }, { consistent: true });
  if (place === undefined || place.elementId !== elementId) throw notFound('meter', meterId);
  await writeMany([deleteStep(session, meterPlaceEntity, { meterId })]);
}
