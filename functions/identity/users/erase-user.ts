/** What stays of a user who is deleted: the id, for what refers to it, and what the audit trail recorded before. */
import { allSessionsEnded } from '../sessions/end-session.ts';
import type { UserChanges } from './change-user.ts';

const personal = [
  'email',
  'phone',
  'username',
  'firstName',
  'lastName',
  'position',
  'age',
  'address',
  'avatar',
  'statusReason',
  'passwordHash',
  'passwordChangedAt',
  'mustChangePassword',
  'emailVerifiedAt',
  'phoneVerifiedAt',
  'twoFactor',
  'knownNetworks',
] as const;

/** The change that takes everything personal off the row, frees the log-in names and ends every log-in. */
export function erased(nowIso: string): UserChanges {
  return {
    ...Object.fromEntries(personal.map((attribute) => [attribute, null])),
    name: '—',
    roles: [],
    workspaces: [],
    status: 'inactive',
    deletedAt: nowIso,
    ...allSessionsEnded(nowIso),
  };
}
