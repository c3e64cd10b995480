/** Creates a tenant with its owner in one transaction: the log-in name is claimed for the whole installation. */
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import { openSession, type SessionContext, type TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { addInvitation, sendInvitation } from '../invitations/invite.ts';
import { addTenant } from '../tenants/add-tenant.ts';
import type { Tenant } from '../tenants/tenant-entity.ts';
import { addUser } from '../users/add-user.ts';
import { hashPassword } from '../users/password.ts';
import { normaliseEmail, type User } from '../users/user-entity.ts';

export interface NewOwner {
  name: string;
  email: string;
  /** @default none: the owner is invited by e-mail */
  password?: string | undefined;
  roles: string[];
}

export interface NewTenant {
  tenant: Tenant;
  owner: NewOwner;
}

/** @throws AppError `already_exists` when the tenant id or the e-mail is taken; nothing is written then */
export async function provisionTenant(
  { tenant, owner }: NewTenant,
  actor?: SessionContext['actor'],
): Promise<{ tenantId: string; userId: string }> {
  const session = openSession(tenant.id, { actor });
  return {
    tenantId: tenant.id,
    userId: await addOwner(session, owner, tenant.locale, (unit) => addTenant(unit, tenant)),
  };
}

/**
 * Adds a user with the roles of an owner, and sends the invitation when there is no password.
 * @param also what else belongs to it
 * @throws AppError `already_exists` when the e-mail is taken; nothing is written then
 */
export async function addOwner(
  session: TenantSession,
  { name, email, password, roles }: NewOwner,
  locale: User['locale'],
  also: (unit: UnitOfWork) => void = () => {},
): Promise<string> {
  const user: User = {
    id: newId('usr'),
    email: normaliseEmail(email),
    name,
    roles,
    workspaces: ['*'],
    locale,
    ...(password === undefined
      ? { status: 'pending' }
      : { status: 'active', passwordHash: await hashPassword(password), passwordChangedAt: session.context.now() }),
  };
  const invitation = await session.transact('identity', (unit) => {
    also(unit);
    addUser(unit, session.tenantId, user);
    return password === undefined ? addInvitation(unit, session.tenantId, user, installation) : undefined;
  });
  if (invitation !== undefined) await sendInvitation(session, invitation, locale);
  return user.id;
}

/** Who runs the installation, with IAM as the guard. */
const installation: Principal = {
  tenantId: '',
  subject: 'installation',
  kind: 'user',
  name: 'Mizan',
  permissions: [],
  workspaces: [],
  limits: { perMinute: 0, perDay: 0 },
  allowedIps: [],
  allowedOrigins: [],
};
