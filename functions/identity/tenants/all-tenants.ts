/** Tenants as who runs the installation sees them. The list holds ids; each tenant is read in its own scope. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { openGlobalSession, openSession, type Page, type SessionContext } from '../../../layers/kernel/data/session.ts';
import { isAppError, notFound } from '../../../layers/kernel/errors/app-error.ts';
import { type TenantListing, tenantListingEntity } from './add-tenant.ts';
import { type Tenant, tenantEntity } from './tenant-entity.ts';

type StoredTenant = Tenant & Stored;

export async function listTenants(page: { limit: number; cursor: string | undefined }): Promise<Page<StoredTenant>> {
  const { items, nextCursor } = await openGlobalSession().query<TenantListing>(tenantListingEntity, {
    pk: ['TENANTS'],
    consistent: true,
    ...page,
  });
  const tenants = await Promise.all(items.map(({ id }) => openSession(id).get(tenantEntity, { id })));
  return { items: tenants.filter((tenant) => tenant !== undefined), nextCursor };
}

/** @throws AppError `not_found` */
export async function requireTenant(id: string): Promise<StoredTenant> {
  if (id === '') throw notFound('tenant', id);
  return openSession(id).require(tenantEntity, { id });
}

/** @throws AppError `not_found` */
export async function setTenantStatus(
  id: string,
  status: Tenant['status'],
  actor: SessionContext['actor'],
): Promise<StoredTenant> {
  for (let attempt = 1; ; attempt++) {
    const tenant = await requireTenant(id);
    if (tenant.status === status) return tenant;
    try {
      return await openSession(id, { actor }).transact('identity', (unit) =>
        unit.update(tenantEntity, tenant, { status }),
      );
    } catch (error) {
      if (attempt === 5 || !(isAppError(error) && error.code === 'version_conflict')) throw error;
    }
  }
}
