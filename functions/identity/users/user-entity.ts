/** A person who works with Mizan, and the claims on their log-in names in the whole installation. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';

export const userStatuses = ['pending', 'active', 'inactive', 'banned'] as const;
export type UserStatus = (typeof userStatuses)[number];

export interface User {
  id: string;
  /** Lower case. A user has an e-mail, a phone or both. */
  email?: string;
  /** E.164, e.g. `+967771234567`. */
  phone?: string;
  username?: string;
  name: string;
  firstName?: string;
  lastName?: string;
  position?: string;
  age?: number;
  address?: string;
  avatar?: string;
  subscriptionActive?: boolean;
  subscriptionExpiresAt?: string;
  /** Names of system roles, or ids of the tenant's own. */
  roles: string[];
  /** Workspaces the user is a member of; `*` means every workspace of the tenant. */
  workspaces: string[];
  /** `pending`: waits for an approval or a confirmed address. Only `active` users get in. */
  status: UserStatus;
  /** Why the user was banned or deactivated, for those who manage users. */
  statusReason?: string;
  /** The row stays without what is personal, for what refers to it. */
  deletedAt?: string;
  /** PHC string of argon2id; missing while an invitation is open. */
  passwordHash?: string;
  passwordChangedAt?: string;
  /** Set by somebody else's reset: nothing is allowed until the user chose a new one. */
  mustChangePassword?: boolean;
  emailVerifiedAt?: string;
  phoneVerifiedAt?: string;
  locale: 'en' | 'ar' | 'fa' | 'ru';
  twoFactor?: TwoFactor;
  /** Log-ins that began before this are over: log-out everywhere, a new password. See `sessions/session-state.ts`. */
  tokensNotBefore?: string;
  /** The one log-in that `tokensNotBefore` spares: the one the person changed their password in. */
  keptSessionId?: string;
  /** Log-ins that ended while their last access token may still run. */
  endedSessions?: EndedSession[];
  /** Hashes of the networks the person logged in from, newest last. */
  knownNetworks?: string[];
}

export interface EndedSession {
  id: string;
  endedAt: string;
}

/** Time-based one-time passwords (RFC 6238). */
export interface TwoFactor {
  /** Sealed under KMS, bound to tenant and user. */
  sealedSecret: string;
  enabledAt?: string;
  /** Hashes of unused recovery codes. */
  recoveryHashes: string[];
  /** The last time step used, so that no code counts twice. */
  lastStep?: number;
}

export const userEntity = defineEntity<User>()({
  name: 'user',
  table: 'identity',
  key: ({ id }) => ({ pk: ['USER', id], sk: ['USER'] }),
  // Who was deleted leaves the list; the row stays for what refers to it.
  indexes: { gsi1: ({ id, deletedAt }) => (deletedAt === undefined ? { pk: ['USER'], sk: [id] } : undefined) },
  idOf: ({ id }) => id,
  searchText: ({ name, firstName, lastName, username }) => [name, firstName, lastName, username],
  secretAttributes: ['passwordHash', 'twoFactor', 'knownNetworks'],
});

export type LoginNameKind = 'email' | 'phone' | 'username';

/** Lives in the global scope: a log-in knows only the name. */
export interface LoginName {
  /** As `normaliseLoginName` gives it. */
  name: string;
  kind: LoginNameKind;
  tenantId: string;
  userId: string;
}

export const loginNameEntity = defineEntity<LoginName, { name: string }>()({
  name: 'log-in name',
  table: 'identity',
  key: ({ name }) => ({ pk: ['LOGIN', name], sk: ['LOGIN'] }),
  idOf: ({ name }) => name,
});

export function normaliseEmail(email: string): string {
  return email.trim().toLowerCase();
}
