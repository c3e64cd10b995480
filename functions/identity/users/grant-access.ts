/** What users may do: their roles and workspaces, and what both come to. */
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { checkGrant, presentPermissions, refuseOnStronger } from '../roles/grant-guard.ts';
import { compact } from '../roles/resolve-permissions.ts';
import { isCustomRole, roleEntity } from '../roles/role-entity.ts';
import { roleTitles } from '../roles/role-titles.ts';
import { permissionsOf, type SystemRole } from '../roles/system-roles.ts';
import { checkWorkspaces } from '../workspaces/check-workspaces.ts';
import { changeUser, requireUser } from './change-user.ts';
import { publicUser } from './public-user.ts';
import type { users } from './routes.ts';

export const setUserRoles: Operation<typeof users.routes.setUserRoles> = async (request) => {
  const { session, params, body, principal, expectedVersion } = request;
  const user = await changeUser(
    session,
    params.id,
    async (before, unit) => {
      await refuseOnStronger(session, principal, before);
      await checkGrant(session, principal, body.roles, before.roles);
      const added = body.roles.filter((role) => !before.roles.includes(role));
      if (added.length === 0 && body.roles.length === before.roles.length) return undefined;
      // A role that is deleted at this moment is not given.
      for (const id of added.filter(isCustomRole)) unit.requireExists(roleEntity, { id });
      return { roles: body.roles };
    },
    expectedVersion,
  );
  return { data: publicUser(user) };
};

export const setUserWorkspaces: Operation<typeof users.routes.setUserWorkspaces> = async (request) => {
  const { session, params, body, principal, expectedVersion } = request;
  const user = await changeUser(
    session,
    params.id,
    async (before) => {
      const added = body.workspaces.filter((id) => !before.workspaces.includes(id));
      const removed = before.workspaces.filter((id) => !body.workspaces.includes(id));
      if (added.length + removed.length === 0) return undefined;
      await checkWorkspaces(session, principal, [...added, ...removed]);
      return { workspaces: body.workspaces };
    },
    expectedVersion,
  );
  return { data: publicUser(user) };
};

export const getUserPermissions: Operation<typeof users.routes.getUserPermissions> = async ({ session, params }) => {
  const user = await requireUser(session, params.id);
  const own = await session.getMany(
    roleEntity,
    user.roles.filter(isCustomRole).map((id) => ({ id })),
  );
  const roles = user.roles.map((id) => {
    const role = own.find((candidate) => candidate.id === id);
    if (role) return { id, name: role.name, permissions: role.permissions };
    return { id, name: roleTitles[id as SystemRole]?.name.en ?? id, permissions: permissionsOf([id]) };
  });
  return { data: { permissions: compact(await presentPermissions(session, user.roles)), roles } };
};
