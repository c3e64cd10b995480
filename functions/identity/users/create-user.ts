/** Adds a user of the tenant: with a password that they change at once, or waiting for an invitation to be accepted. */
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { checkPasswordOf } from '../account/password-of.ts';
import { addInvitation, sendInvitation } from '../invitations/invite.ts';
import { checkGrant } from '../roles/grant-guard.ts';
import { tenantEntity } from '../tenants/tenant-entity.ts';
import { checkWorkspaces } from '../workspaces/check-workspaces.ts';
import { addUser } from './add-user.ts';
import { hashPassword } from './password.ts';
import { publicUser } from './public-user.ts';
import type { users } from './routes.ts';
import { normaliseEmail, type User } from './user-entity.ts';

export const createUser: Operation<typeof users.routes.createUser> = async ({ session, body, principal }) => {
  const { password, email, name, ...profile } = body;
  const [tenant] = await Promise.all([
    session.require(tenantEntity, { id: session.tenantId }),
    checkGrant(session, principal, body.roles),
    checkWorkspaces(session, principal, body.workspaces),
  ]);
  const fullName = name ?? [body.firstName, body.lastName].filter(Boolean).join(' ');
  if (password !== undefined)
    await checkPasswordOf({ ...body, name: fullName } as Partial<User>, password, '/password');
  const add = (added: User) => (unit: UnitOfWork) => addUser(unit, session.tenantId, added);
  const user: User = {
    locale: tenant.locale,
    ...(profile as Partial<User> & Pick<User, 'roles' | 'workspaces'>),
    id: newId('usr'),
    name: fullName,
    ...(email === undefined ? {} : { email: normaliseEmail(email) }),
    ...(password === undefined
      ? { status: 'pending' }
      : {
          status: 'active',
          passwordHash: await hashPassword(password),
          passwordChangedAt: session.context.now(),
          mustChangePassword: true,
        }),
  };
  if (password !== undefined) return { data: publicUser(await session.transact('identity', add(user))) };
  const { stored, invitation } = await session.transact('identity', (unit) => ({
    stored: add(user)(unit),
    invitation: addInvitation(unit, session.tenantId, user, principal),
  }));
  await sendInvitation(session, invitation, user.locale);
  return { data: publicUser(stored) };
};
