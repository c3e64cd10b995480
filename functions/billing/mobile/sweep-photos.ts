/**
 * Schedule: takes away photos that no visit named within a month. Marked first, so that a visit that comes at the last moment
 * either keeps its photo or is told that it is gone; a sweep that died goes on with what it marked.
 */
import { unlessChanged } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { deleteObject } from '../../../layers/kernel/files/signed-urls.ts';
import { sumOverTenants } from '../../identity/contract.ts';
import { type FieldPhoto, photoBucket, photoEntity, photosWaiting } from './photo-entity.ts';

/** Devices come back to the network after weeks, and announce a photo only then. */
const keepMs = 30 * 86_400_000;
/** The rest waits for the next day. */
const mostOfTenant = 2000;

export async function handler(): Promise<{ taken: number }> {
  return { taken: await sumOverTenants(sweepTenant) };
}

async function sweepTenant(session: TenantSession): Promise<number> {
  const before = new Date(Date.parse(session.context.now()) - keepMs).toISOString();
  const due: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await session.query<FieldPhoto>(photoEntity, {
      index: 'gsi1',
      pk: photosWaiting,
      to: [before],
      limit: 200,
      cursor,
    });
    due.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && due.length < mostOfTenant);
  let taken = 0;
  for (const id of due) if (await takeAway(session, id)) taken += 1;
  return taken;
}

async function takeAway(session: TenantSession, id: string): Promise<boolean> {
  const photo = await session.get(photoEntity, { id }, { consistent: true });
  // The index may lag behind the visit that keeps it.
  if (photo === undefined || photo.status === 'kept') return false;
  // Not where a visit names it meanwhile.
  return unlessChanged(async () => {
    const leaving =
      photo.status === 'leaving'
        ? photo
        : await session.transact('billing', (unit) =>
            unit.update(photoEntity, photo, { status: 'leaving' }, { isAudited: false }),
          );
    await deleteObject(photoBucket, leaving.key);
    await session.transact('billing', (unit) => unit.delete(photoEntity, leaving));
  });
}
