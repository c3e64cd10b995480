/** All periods of a tenant: twelve a year, so they are read whole. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { type Period, periodEntity } from './period-entity.ts';

export async function readPeriods(session: TenantSession): Promise<(Period & Stored)[]> {
  const page = await session.query<Period & Stored>(periodEntity, { pk: ['PERIODS'], limit: 2400, consistent: true });
  return page.items;
}
