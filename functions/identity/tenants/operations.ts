/** What can be done with tenants: a credential sees its own and no other, unless it runs the installation. */
import { isGranted } from '../../../layers/kernel/auth/permissions.ts';
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import { refuseStale } from '../../../layers/kernel/crud/crud-operations.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, notFound } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { checkPasswordOf } from '../account/password-of.ts';
import { provisionTenant } from '../provisioning/provision-tenant.ts';
import { listTenants, requireTenant, setTenantStatus } from './all-tenants.ts';
import type { tenants } from './routes.ts';
import { type Tenant, tenantEntity } from './tenant-entity.ts';

export const tenantOperations: Operations<typeof tenants.routes> = {
  listTenants: async ({ session, principal, page }) => {
    if (!isGranted(principal.permissions, readsAll))
      return {
        data: [await session.require(tenantEntity, { id: session.tenantId })],
        pagination: { limit: page.limit, nextCursor: null },
      };
    const { items, nextCursor } = await listTenants(page);
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },

  getTenant: async ({ session, params, principal }) => ({
    data: isGranted(principal.permissions, readsAll)
      ? await requireTenant(params.id)
      : await ownTenant(session, params.id),
  }),

  suspendTenant: async ({ session, params, principal }) => {
    if (params.id === session.tenantId)
      throw new AppError('conflict', undefined, {
        texts: { en: 'A tenant cannot suspend itself.', ar: 'لا يمكن للمستأجر إيقاف نفسه.' },
      });
    return { data: await setTenantStatus(params.id, 'suspended', actorOf(principal)) };
  },

  reactivateTenant: async ({ params, principal }) => ({
    data: await setTenantStatus(params.id, 'active', actorOf(principal)),
  }),

  createTenant: async ({ body, principal }) => {
    const { owner, ...settings } = body;
    await checkPasswordOf(owner, owner.password, '/owner/password');
    const id = newId('tnt').toLowerCase().replace('_', '-');
    const { userId } = await provisionTenant(
      {
        tenant: { ...settings, id, status: 'active', createdBy: principal.subject },
        owner: { ...owner, roles: ['OWNER'] },
      },
      actorOf(principal),
    );
    return { data: { id, ownerId: userId } };
  },

  updateTenant: async ({ session, params, body, expectedVersion }) => {
    const tenant = await ownTenant(session, params.id);
    refuseStale(tenant, expectedVersion);
    return {
      data: await session.transact('identity', (unit) => unit.update(tenantEntity, tenant, body as Partial<Tenant>)),
    };
  },

  getTenantSettings: async ({ session, params }) => {
    const tenant = await ownTenant(session, params.id);
    const { name, nameAr, timeZone, currency, locale, logInByCode, twoFactorRoles } = tenant;
    return { data: { name, nameAr, timeZone, currency, locale, logInByCode, twoFactorRoles } };
  },
};

const readsAll = 'system:tenants:read';

const actorOf = ({ subject, kind, name }: Principal) => ({ id: subject, kind, name });

/** Another tenant's id is answered as if it did not exist. */
async function ownTenant(session: TenantSession, id: string) {
  if (id !== session.tenantId) throw notFound('tenant', id);
  return session.require(tenantEntity, { id });
}
