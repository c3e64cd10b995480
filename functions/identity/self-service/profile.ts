/** The own profile, and the one word that the documents have for somebody's roles. */
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { requirePerson } from '../account/person.ts';
import { changeUser, requireUser } from '../users/change-user.ts';
import { publicUser } from '../users/public-user.ts';
import type { selfService } from './routes.ts';

export function roleOf(roles: readonly string[]): 'USER' | 'ADMIN' | 'SUPER_ADMIN' {
  if (roles.includes('SUPER_ADMIN')) return 'SUPER_ADMIN';
  return roles.includes('ADMIN') || roles.includes('OWNER') ? 'ADMIN' : 'USER';
}

export const getProfile: Operation<typeof selfService.routes.getProfile> = async ({ principal, session }) => {
  requirePerson(principal);
  const user = await requireUser(session, principal.subject);
  return { data: { ...publicUser(user), role: roleOf(user.roles) } };
};

export const updateProfile: Operation<typeof selfService.routes.updateProfile> = async (request) => {
  const { body, principal, session, expectedVersion } = request;
  requirePerson(principal);
  const user = await changeUser(session, principal.subject, () => body, expectedVersion);
  return { data: { ...publicUser(user), role: roleOf(user.roles) } };
};
