/** From the roles of a user to permission strings, the tenant's own roles included. */
import { isGranted } from '../../../layers/kernel/auth/permissions.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isCustomRole, roleEntity } from './role-entity.ts';
import { permissionsOf } from './system-roles.ts';

/** How long an instance goes on with a role as it was; the gateway's own cache is longer. */
const cacheMs = 10_000;
const known = new Map<string, { permissions: readonly string[]; until: number }>();
/** Roles of many tenants pass one instance. */
const maxKnown = 5000;

/** Permissions as they were at most ten seconds ago; a role that does not exist gives none. */
export async function resolvePermissions(
  session: TenantSession,
  roles: readonly string[],
  nowMs: number,
): Promise<string[]> {
  const own = roles.filter(isCustomRole);
  return compact([...permissionsOf(roles), ...(own.length > 0 ? await ownPermissions(session, own, nowMs) : [])]);
}

async function ownPermissions(session: TenantSession, ids: readonly string[], nowMs: number): Promise<string[]> {
  const keyOf = (id: string): string => `${session.tenantId} ${id}`;
  const isFresh = (until: number): boolean => until > nowMs && until - nowMs <= cacheMs;
  const unknown = ids.filter((id) => !isFresh(known.get(keyOf(id))?.until ?? 0));
  if (known.size > maxKnown) known.clear();
  if (unknown.length > 0) {
    const found = await session.getMany(
      roleEntity,
      unknown.map((id) => ({ id })),
    );
    for (const id of unknown)
      known.set(keyOf(id), {
        permissions: found.find((role) => role.id === id)?.permissions ?? [],
        until: nowMs + cacheMs,
      });
  }
  return ids.flatMap((id) => known.get(keyOf(id))?.permissions ?? []);
}

/** Without those that others cover, so that what every request carries stays short. */
export function compact(permissions: readonly string[]): string[] {
  const distinct = [...new Set(permissions)];
  return distinct.filter((one) => !distinct.some((other) => other !== one && isGranted([other], one)));
}
