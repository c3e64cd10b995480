/** What can be done with tenants: a credential sees its own tenant and no other. */
import { refuseStale } from '../../../layers/kernel/crud/crud-operations.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { notFound } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { provisionTenant } from '../provisioning/provision-tenant.ts';
import type { tenants } from './routes.ts';
import { tenantEntity } from './tenant-entity.ts';

export const tenantOperations: Operations<typeof tenants.routes> = {
  listTenants: async ({ session }) => ({ data: [await session.require(tenantEntity, { id: session.tenantId })] }),

  getTenant: async ({ session, params }) => ({ data: await ownTenant(session, params.id) }),

  createTenant: async ({ body, principal }) => {
    const { owner, ...settings } = body;
    const id = newId('tnt').toLowerCase().replace('_', '-');
    const actor = { id: principal.subject, kind: principal.kind, name: principal.name };
    const { userId } = await provisionTenant(
      { tenant: { ...settings, id, status: 'active' }, owner: { ...owner, roles: ['OWNER'] } },
      actor,
    );
    return { data: { id, ownerId: userId } };
  },

  updateTenant: async ({ session, params, body, expectedVersion }) => {
    const tenant = await ownTenant(session, params.id);
    refuseStale(tenant, expectedVersion);
    return { data: await session.transact('identity', (unit) => unit.update(tenantEntity, tenant, body)) };
  },

  getTenantSettings: async ({ session, params }) => {
    const tenant = await ownTenant(session, params.id);
    const { name, nameAr, timeZone, currency, locale, logInByCode, twoFactorRoles } = tenant;
    return { data: { name, nameAr, timeZone, currency, locale, logInByCode, twoFactorRoles } };
  },
};

/** Another tenant's id is answered as if it did not exist. */
async function ownTenant(session: TenantSession, id: string) {
  if (id !== session.tenantId) throw notFound('tenant', id);
  return session.require(tenantEntity, { id });
}
