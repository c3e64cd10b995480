/** Every permission there is, as the build reads them from the route tables of all domains. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isGranted } from '../../../layers/kernel/auth/permissions.ts';

export interface CataloguedPermission {
  permission: string;
  /** Operation ids of the routes it opens. */
  operations: string[];
}

let catalogue: CataloguedPermission[] | undefined;

/** From the file that the build lays beside the function. */
export function permissionCatalogue(): readonly CataloguedPermission[] {
  catalogue ??= JSON.parse(
    readFileSync(join(import.meta.dirname, 'permissions.json'), 'utf8'),
  ) as CataloguedPermission[];
  return catalogue;
}

/** For who runs the installation; a tenant cannot hand it out. */
export const isSystemPermission = (permission: string): boolean => permission.startsWith('system:');

/** Whether a string names a permission of tenants that exists, or is a wildcard over some; `*` alone would be over `system:` too. */
export function isAssignable(permission: string, known = permissionCatalogue()): boolean {
  if (isSystemPermission(permission) || permission.startsWith('*')) return false;
  return known.some((entry) => isGranted([permission], entry.permission));
}
