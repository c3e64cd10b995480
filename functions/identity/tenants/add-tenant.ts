/** Adds a tenant to a unit of work with its place in the installation's list and the claim on its company number: every way to become a tenant ends here. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { claimBin } from '../organizations/bin-entity.ts';
import { type Tenant, tenantEntity } from './tenant-entity.ts';

/** Lives in the global scope: the list of tenants for who runs the installation. It never changes, so it holds ids alone. */
export interface TenantListing {
  id: string;
  createdBy: string;
}

export const tenantListingEntity = defineEntity<TenantListing>()({
  name: 'tenant listing',
  table: 'identity',
  key: ({ id }) => ({ pk: ['TENANTS'], sk: [id] }),
  idOf: ({ id }) => id,
});

/** `already_exists` refuses the transaction when the id or the company number is taken. */
export function addTenant(unit: UnitOfWork, tenant: Tenant): void {
  unit.create(tenantEntity, tenant);
  unit.claim(
    tenantListingEntity,
    { id: tenant.id, createdBy: tenant.createdBy ?? '' },
    () => new AppError('already_exists', undefined, { values: { entity: 'tenant', id: tenant.id } }),
  );
  if (tenant.bin !== undefined) claimBin(unit, tenant.id, tenant.bin);
}
