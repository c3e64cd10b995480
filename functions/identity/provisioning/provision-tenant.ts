/** Creates a tenant with its owner in one transaction: the log-in name is claimed for the whole installation. */
import { openSession } from '../../../layers/kernel/data/session.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { addTenant } from '../tenants/add-tenant.ts';
import type { Tenant } from '../tenants/tenant-entity.ts';
import { addUser } from '../users/add-user.ts';
import { hashPassword } from '../users/password.ts';
import { normaliseEmail } from '../users/user-entity.ts';

export interface NewTenant {
  tenant: Tenant;
  owner: { name: string; email: string; password: string; roles: string[] };
}

/** @throws AppError `already_exists` when the tenant id or the e-mail is taken; nothing is written then */
export async function provisionTenant(
  { tenant, owner }: NewTenant,
  actor?: { id: string; kind: string; name: string },
): Promise<{ tenantId: string; userId: string }> {
  const session = openSession(tenant.id, { actor });
  const userId = newId('usr');
  const email = normaliseEmail(owner.email);
  const passwordHash = await hashPassword(owner.password);
  await session.transact('identity', (unit) => {
    addTenant(unit, tenant);
    addUser(unit, tenant.id, {
      id: userId,
      email,
      name: owner.name,
      roles: owner.roles,
      workspaces: ['*'],
      passwordHash,
      passwordChangedAt: new Date().toISOString(),
      status: 'active',
      locale: tenant.locale,
    });
  });
  return { tenantId: tenant.id, userId };
}
