/** What can be done with organisations and the people who ask to join them. */
import { refuseStale } from '../../../layers/kernel/crud/crud-operations.ts';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { equals } from '../../../layers/kernel/data/expressions.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, notFound } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { requirePerson } from '../account/person.ts';
import { addInvitation, sendInvitation } from '../invitations/invite.ts';
import { addTenant } from '../tenants/add-tenant.ts';
import { type Tenant, tenantEntity } from '../tenants/tenant-entity.ts';
import { addUser } from '../users/add-user.ts';
import { publicUser } from '../users/public-user.ts';
import { normaliseEmail, type User, userEntity } from '../users/user-entity.ts';
import { claimBin, hasControlDigit, releaseBin } from './bin-entity.ts';
import { approveEmployee, rejectEmployee } from './judge-employee.ts';
import type { OrganizationView, organizations } from './routes.ts';

export const organizationOperations: Operations<typeof organizations.routes> = {
  listOrganizations: async ({ session }) => ({ data: [present(await own(session, session.tenantId))] }),

  getOrganization: async ({ session, params }) => ({ data: present(await own(session, params.id)) }),

  createOrganization: async ({ session, body, principal }) => {
    requirePerson(principal);
    const { owner, ...company } = body;
    const tenant: Tenant = {
      ...company,
      id: newId('tnt').toLowerCase().replace('_', '-'),
      status: 'active',
      createdBy: principal.subject,
    };
    const user: User = {
      id: newId('usr'),
      name: owner.name,
      email: normaliseEmail(owner.email),
      roles: ['OWNER'],
      workspaces: ['*'],
      status: 'pending',
      locale: tenant.locale,
    };
    // The new tenant's own scope, with the caller as who acts in it this once.
    const { actor, correlationId, clientIp, userAgent } = session.context;
    const inNew = openSession(tenant.id, { actor, correlationId, clientIp, userAgent });
    const invitation = await inNew.transact('identity', (unit) => {
      addTenant(unit, tenant);
      addUser(unit, tenant.id, user);
      return addInvitation(unit, tenant.id, user, principal);
    });
    await sendInvitation(inNew, invitation, user.locale);
    return { data: { organization: present(await own(inNew, tenant.id)), ownerId: user.id } };
  },

  updateOrganization: async ({ session, params, body, expectedVersion }) => {
    const tenant = await own(session, params.id);
    refuseStale(tenant, expectedVersion);
    const changes = Object.fromEntries(
      Object.entries(body).filter(([, value]) => value !== undefined),
    ) as Partial<Tenant>;
    const updated = await session.transact('identity', (unit) => {
      if ('bin' in changes && changes.bin !== tenant.bin) {
        if (tenant.bin !== undefined) releaseBin(unit, tenant.id, tenant.bin);
        if (changes.bin) claimBin(unit, tenant.id, changes.bin);
      }
      return unit.update(tenantEntity, tenant, changes);
    });
    return { data: present(updated) };
  },

  listEmployees: async ({ session, params, query, page }) => {
    refuseForeign(session, params.orgId);
    const { items, nextCursor } = await session.query<User & Stored>(userEntity, {
      index: 'gsi1',
      pk: ['USER'],
      filter: equals({ status: query.status }),
      ...page,
    });
    return { data: items.map(publicUser), pagination: { limit: page.limit, nextCursor } };
  },

  approveEmployee: async ({ session, params, body, principal }) => {
    refuseForeign(session, params.orgId);
    return { data: publicUser(await approveEmployee(session, principal, params.empId, body ?? {})) };
  },

  rejectEmployee: async ({ session, params }) => {
    refuseForeign(session, params.orgId);
    await rejectEmployee(session, params.empId);
    return { data: {} };
  },
};

/** Another organisation is answered as if it did not exist. */
function refuseForeign(session: TenantSession, id: string): void {
  if (id !== session.tenantId) throw notFound('organization', id);
}

async function own(session: TenantSession, id: string): Promise<Tenant & Stored> {
  refuseForeign(session, id);
  const tenant = await session.get(tenantEntity, { id }, { consistent: true });
  if (tenant === undefined) throw new AppError('not_found', undefined, { values: { entity: 'organization', id } });
  return tenant;
}

function present(tenant: Tenant & Stored): OrganizationView {
  const { logInByCode: _code, twoFactorRoles: _roles, createdBy: _by, ...shown } = tenant;
  return tenant.bin === undefined ? shown : { ...shown, binIsPlausible: hasControlDigit(tenant.bin) };
}
