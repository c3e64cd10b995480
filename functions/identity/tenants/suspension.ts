/** A suspended tenant keeps its data, and nobody gets in: neither people, nor keys, nor devices. */
import { openSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { tenantEntity } from './tenant-entity.ts';

export async function isSuspended(tenantId: string): Promise<boolean> {
  const tenant = await openSession(tenantId).get(tenantEntity, { id: tenantId });
  return tenant?.status === 'suspended';
}

/** Said only to who proved to belong to the tenant. @throws AppError `forbidden` */
export async function refuseSuspended(tenantId: string): Promise<void> {
  if (await isSuspended(tenantId)) throw new AppError('forbidden', 'This tenant is suspended.');
}
