/** For what a route's own permission does not cover: an operation that needs another one for some of what may be asked. */
import { AppError } from '../errors/app-error.ts';
import { isGranted } from './permissions.ts';
import type { Principal } from './principal.ts';

/** @throws AppError `forbidden` naming the permission */
export function requirePermission({ permissions }: Pick<Principal, 'permissions'>, permission: string): void {
  if (!isGranted(permissions, permission)) throw new AppError('forbidden', undefined, { values: { permission } });
}
