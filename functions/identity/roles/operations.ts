/** What can be done with roles. System roles are part of the product and cannot be changed. */
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import { refuseStale } from '../../../layers/kernel/crud/crud-operations.ts';
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import type { Locale, Translated } from '../../../layers/kernel/i18n/locale.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { isAssignable } from '../permissions/catalogue.ts';
import { userEntity } from '../users/user-entity.ts';
import { refuseBeyond } from './grant-guard.ts';
import { maxRoles, type Role, roleEntity } from './role-entity.ts';
import { roleTitles } from './role-titles.ts';
import type { roles } from './routes.ts';
import { type SystemRole, systemRoleNames, systemRoles } from './system-roles.ts';

export const roleOperations: Operations<typeof roles.routes> = {
  getRoleHistory: readHistory(roleEntity),

  listRoles: async ({ session }) => ({
    data: [...systemRoleNames.map(systemRole), ...(await ownRoles(session)).map(present)],
  }),

  getRole: async ({ session, params }) => ({
    data: isSystemRole(params.id) ? systemRole(params.id) : present(await session.require(roleEntity, params)),
  }),

  createRole: async ({ session, body, principal, locale }) => {
    checkPermissions(principal, body.permissions, locale);
    if ((await ownRoles(session)).length >= maxRoles)
      throw new AppError('unprocessable', `A tenant can have ${maxRoles} roles of its own: delete one first.`);
    const role = { id: newId('rol'), ...body, permissions: distinct(body.permissions) };
    return { data: present(await session.transact('identity', (unit) => unit.create(roleEntity, role))) };
  },

  updateRole: async ({ session, params, body, principal, locale, expectedVersion }) => {
    const role = await changeable(session, params.id);
    refuseStale(role, expectedVersion);
    // Who changes a role changes what its users may do: both what they had and what they get must be his to give.
    refuseBeyond(principal, role.permissions);
    if (body.permissions) checkPermissions(principal, body.permissions, locale);
    const changes = { ...body, ...(body.permissions ? { permissions: distinct(body.permissions) } : {}) };
    return {
      data: present(
        await session.transact('identity', (unit) => unit.update(roleEntity, role, changes as Partial<Role>)),
      ),
    };
  },

  deleteRole: async ({ session, params, principal, expectedVersion }) => {
    const role = await changeable(session, params.id);
    refuseStale(role, expectedVersion);
    refuseBeyond(principal, role.permissions);
    if (await isInUse(session, role.id))
      throw new AppError('conflict', 'Somebody has this role: take it from them first.');
    await session.transact('identity', (unit) => unit.delete(roleEntity, role));
    return {};
  },
};

/** @throws AppError `validation_failed` naming each string that is no permission, `forbidden` for what the maker does not hold */
function checkPermissions(maker: Principal, permissions: readonly string[], locale: Locale): void {
  const details = permissions.flatMap((permission, i) =>
    isAssignable(permission)
      ? []
      : [
          {
            in: 'body' as const,
            path: `/permissions/${i}`,
            message: noPermission(permission)[locale],
          },
        ],
  );
  if (details.length > 0) throw new AppError('validation_failed', undefined, { details });
  refuseBeyond(maker, permissions);
}

async function ownRoles(session: TenantSession): Promise<(Role & Stored)[]> {
  const { items } = await session.query<Role & Stored>(roleEntity, {
    index: 'gsi1',
    pk: ['ROLE'],
    limit: maxRoles * 2,
  });
  return items;
}

async function changeable(session: TenantSession, id: string): Promise<Role & Stored> {
  if (isSystemRole(id)) throw new AppError('conflict', `"${id}" is a role of the system: make one of your own.`);
  return session.require(roleEntity, { id });
}

/** A role that is given at the same moment grants nothing once it is gone. */
async function isInUse(session: TenantSession, roleId: string): Promise<boolean> {
  let cursor: string | undefined;
  do {
    const page = await session.query(userEntity, {
      index: 'gsi1',
      pk: ['USER'],
      limit: 1,
      cursor,
      filter: [{ attribute: 'roles', operator: 'contains', value: roleId }],
    });
    if (page.items.length > 0) return true;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return false;
}

const noPermission = (permission: string): Translated => ({
  en: `There is no permission "${permission}" that a role can hold.`,
  ar: `لا توجد صلاحية "${permission}" يمكن أن يحملها دور.`,
});

const distinct = (permissions: readonly string[]): string[] => [...new Set(permissions)];

const isSystemRole = (id: string): id is SystemRole => Object.hasOwn(systemRoles, id);

const present = (role: Role & Stored) => ({ ...role, isSystem: false });

function systemRole(id: SystemRole) {
  const { name, description } = roleTitles[id];
  return {
    id,
    name: name.en,
    nameAr: name.ar,
    description: description.en,
    descriptionAr: description.ar,
    permissions: [...systemRoles[id]],
    isSystem: true,
  };
}
