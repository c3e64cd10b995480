/** Nobody grants what he does not hold, and nobody acts on somebody who may do more than himself. */
import { isGranted } from '../../../layers/kernel/auth/permissions.ts';
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, notFound } from '../../../layers/kernel/errors/app-error.ts';
import { isCustomRole, maxRolesOfUser, type Role, roleEntity } from './role-entity.ts';
import { permissionsOf, systemRoleNames } from './system-roles.ts';

/**
 * What a customer does for himself opens nothing of the tenant: only accounts its holder is linked to. Who administers
 * users hands it out without being a customer.
 */
const isOfCustomers = (permission: string): boolean => permission.startsWith('portal:');

/** @throws AppError `forbidden` that names the first permission the giver does not hold */
export function refuseBeyond({ permissions }: Principal, wanted: readonly string[]): void {
  const beyond = wanted.find((permission) => !isOfCustomers(permission) && !isGranted(permissions, permission));
  if (beyond !== undefined) throw new AppError('forbidden', undefined, { values: { permission: beyond } });
}

/** Reads roles of the tenant as they are now. @throws AppError `not_found` for one that does not exist */
async function readRoles(session: TenantSession, names: readonly string[]): Promise<Role[]> {
  const own = names.filter(isCustomRole);
  const found = own.length === 0 ? [] : await Promise.all(own.map((id) => session.require(roleEntity, { id })));
  const unknown = names.find((name) => !isCustomRole(name) && !(systemRoleNames as string[]).includes(name));
  if (unknown !== undefined) throw notFound('role', unknown);
  return found;
}

/** Permissions the roles give together, unknown ones none: for comparing two people. */
export async function presentPermissions(session: TenantSession, names: readonly string[]): Promise<string[]> {
  const own = names.filter(isCustomRole).map((id) => ({ id }));
  const found = own.length === 0 ? [] : await session.getMany(roleEntity, own);
  return [...permissionsOf(names), ...found.flatMap(({ permissions }) => permissions)];
}

/**
 * Checks the roles somebody is to have; those he has already are not asked for again.
 * @throws AppError `not_found`, `forbidden`, or `unprocessable` for too many
 */
export async function checkGrant(
  session: TenantSession,
  giver: Principal,
  wanted: readonly string[],
  present: readonly string[] = [],
): Promise<void> {
  if (wanted.length > maxRolesOfUser)
    throw new AppError('unprocessable', `A user can have ${maxRolesOfUser} roles at most.`);
  const added = wanted.filter((role) => !present.includes(role));
  const own = await readRoles(session, added);
  refuseBeyond(giver, [...permissionsOf(added), ...own.flatMap(({ permissions }) => permissions)]);
}

/** @throws AppError `forbidden` when the other may do something that the actor may not */
export async function refuseOnStronger(
  session: TenantSession,
  actor: Principal,
  other: { id: string; roles: readonly string[] },
): Promise<void> {
  if (actor.subject === other.id) return;
  refuseBeyond(actor, await presentPermissions(session, other.roles));
}
