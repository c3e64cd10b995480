/** What other domains may know of tenants and workspaces, and the keys they may issue to devices. */
import { isGranted } from '../../layers/kernel/auth/permissions.ts';
import { openSession, type TenantSession } from '../../layers/kernel/data/session.ts';
import type { WorkspaceGate } from '../../layers/kernel/http/admit.ts';
import { logger } from '../../layers/kernel/observability/logger.ts';
import type { ApiUsage } from './api-keys/add-up-usage.ts';
import type { DeviceKeyOrder } from './api-keys/issue-key.ts';
import { tenantEntity } from './tenants/tenant-entity.ts';
import { userEntity } from './users/user-entity.ts';

export interface TenantProfile {
  name: string;
  /** IANA time zone. */
  timeZone: string;
  /** ISO 4217. */
  currency: string;
  locale: 'en' | 'ar';
}

const cache = new Map<string, { profile: TenantProfile; until: number }>();
const cacheMs = 60_000;

/** Settings of the session's tenant, cached for a minute per function instance. Needs read access to table `identity`. */
export async function tenantProfile(session: TenantSession): Promise<TenantProfile> {
  const known = cache.get(session.tenantId);
  if (known && known.until > Date.now()) return known.profile;
  const { name, timeZone, currency, locale } = await session.require(tenantEntity, { id: session.tenantId });
  const profile = { name, timeZone, currency, locale };
  cache.set(session.tenantId, { profile, until: Date.now() + cacheMs });
  return profile;
}

/** Every active tenant of the installation, for schedules that look after all of them. Needs read access to table `identity`. */
export async function* tenantIds(): AsyncGenerator<string> {
  const { listTenants } = await import('./tenants/all-tenants.ts');
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await listTenants({ limit: 100, cursor });
    for (const { id, status } of items) if (status === 'active') yield id;
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
}

/**
 * Does the work of a schedule for every active tenant. One tenant's trouble keeps no other's work from being done: it is logged,
 * and the run fails at its end, to be seen and repeated. Needs read access to table `identity`.
 * @returns the sum over all tenants
 */
export async function sumOverTenants(work: (session: TenantSession) => Promise<number>): Promise<number> {
  let sum = 0;
  const failed: string[] = [];
  for await (const tenantId of tenantIds())
    try {
      sum += await work(openSession(tenantId));
    } catch (error) {
      failed.push(tenantId);
      logger.error('not done for a tenant', { tenantId, error: error as Error });
    }
  if (failed.length > 0) throw new Error(`Not done for ${failed.length} tenants: ${failed.slice(0, 10).join(', ')}`);
  return sum;
}

/** How all API keys of the tenant were used in the last days. Needs read access to tables `identity` and `limits`. */
export async function apiUsage(session: TenantSession, days: number): Promise<ApiUsage> {
  const { addUpUsage } = await import('./api-keys/add-up-usage.ts');
  return addUpUsage(session, days);
}

/** Whether nobody of the tenant may act, for credentials that are not identity's own. Needs read access to table `identity`. */
export async function isTenantSuspended(tenantId: string): Promise<boolean> {
  const { isSuspended } = await import('./tenants/suspension.ts');
  return isSuspended(tenantId);
}

/** Refuses a user the tenant does not have: `not_found`. Needs read access to table `identity`. */
export async function requireUser(session: TenantSession, userId: string): Promise<{ id: string; name: string }> {
  const { id, name } = await session.require(userEntity, { id: userId });
  return { id, name };
}

/** What users of the tenant are called; those that are gone are left out. Needs read access to table `identity`. */
export async function namesOfUsers(session: TenantSession, ids: readonly string[]): Promise<Map<string, string>> {
  const users = await session.getMany(
    userEntity,
    ids.map((id) => ({ id })),
  );
  return new Map(users.map(({ id, name }) => [id, name]));
}

/** E-mail (small letters) and phone (E.164) a user proved to be their own. Needs read access to table `identity`. */
export async function confirmedAddresses(
  session: TenantSession,
  userId: string,
): Promise<{ email?: string | undefined; phone?: string | undefined }> {
  const user = await session.get(userEntity, { id: userId }, { consistent: true });
  return {
    email: user?.emailVerifiedAt === undefined ? undefined : user.email,
    phone: user?.phoneVerifiedAt === undefined ? undefined : user.phone,
  };
}

export interface Colleague {
  name: string;
  /** An e-mail address the person proved to be their own. */
  email: string | undefined;
  /** Whether their roles grant a permission now. */
  may(permission: string): boolean;
}

/** A user who may log in; undefined for one who may not, or not any more. Needs read access to table `identity`. */
export async function colleague(session: TenantSession, userId: string): Promise<Colleague | undefined> {
  const user = await session.get(userEntity, { id: userId }, { consistent: true });
  if (user === undefined || user.status !== 'active' || user.deletedAt !== undefined) return undefined;
  const { resolvePermissions } = await import('./roles/resolve-permissions.ts');
  const granted = await resolvePermissions(session, user.roles, Date.parse(session.context.now()));
  return {
    name: user.name,
    email: user.emailVerifiedAt === undefined ? undefined : user.email,
    may: (permission) => isGranted(granted, permission),
  };
}

export interface DeviceKey {
  /** Of the key, to revoke it by. */
  id: string;
  /** The key itself; it cannot be read again. */
  key: string;
  /** Name of its own for the broker; good where one was asked for. */
  clientId: string;
}

/**
 * Issues an API key to a device of some stations of the tenant. Needs `readWrite` on table `identity` and `read` on `scada`.
 * @throws AppError `not_found` for a station of somebody else
 */
export async function issueDeviceKey(session: TenantSession, device: DeviceKeyOrder): Promise<DeviceKey> {
  const { issueKey } = await import('./api-keys/issue-key.ts');
  return issueKey(session, device);
}

/** Takes effect when the device connects again, within the hour at the latest. What is revoked already stays so. */
export async function revokeDeviceKey(session: TenantSession, keyId: string, revokedBy: string): Promise<void> {
  const { revokeKey } = await import('./api-keys/revoke-key.ts');
  await revokeKey(session, keyId, revokedBy);
}

/**
 * Lets a device's key reach these paths below its station and no others; its secret stays.
 * @throws AppError `conflict` for a key that is revoked, `unprocessable` for paths that it does not reach now
 */
export async function narrowDeviceKey(session: TenantSession, keyId: string, mqttPaths: string[]): Promise<void> {
  const { narrowKey } = await import('./api-keys/narrow-key.ts');
  await narrowKey(session, keyId, { mqttPaths });
}

/** Keys make keys; a longer chain than this is nobody's work. */
const maxKeyChain = 10;

/** The user an API key goes back to, through the keys that made it; a user's own id stays. Needs read access to table `identity`. */
export async function personBehind(session: TenantSession, subject: string): Promise<string> {
  const { apiKeyEntity } = await import('./api-keys/api-key-entity.ts');
  let person = subject;
  for (let step = 0; step < maxKeyChain && person.startsWith('key_'); step++) {
    const key = await session.get(apiKeyEntity, { id: person });
    if (key === undefined) break;
    person = key.createdBy;
  }
  return person;
}

/**
 * For `serve(…, { workspaces: enterWorkspace })`: lets members alone into the workspace that a path names with `{wsId}`.
 * Needs read access to table `identity`.
 */
export const enterWorkspace: WorkspaceGate = async (...call) => {
  const gate = await import('./workspaces/enter-workspace.ts');
  await gate.enterWorkspace(...call);
};
