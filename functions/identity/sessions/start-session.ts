/** Where every way to log in ends: a session with its refresh token and the first access token. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { updateAtomically } from '../../../layers/kernel/data/update-atomically.ts';
import { type Caller, sessionOf } from '../security/acting-user.ts';
import { isKnownNetwork, networkOf } from '../security/attempts.ts';
import { raiseSecurityAlert } from '../security/security-alert.ts';
import { accessTokenSeconds, issueAccessToken } from '../tokens/access-token.ts';
import { addFamily, familySeconds } from '../tokens/refresh-token.ts';
import { type User, userEntity } from '../users/user-entity.ts';
import { endSession } from './end-session.ts';
import { type LogInMethod, type LogInSession, sessionEntity, sessionsOf } from './session-entity.ts';

/** Devices one person may be logged in on; the one that was begun first makes room. */
const maxSessions = 20;
const keptNetworks = 10;
const maxDeviceLength = 300;

export interface StartedSession {
  sessionId: string;
  accessToken: string;
  refreshToken: string;
  /** Seconds. */
  expiresIn: number;
}

export async function startSession(
  tenantId: string,
  user: User & Stored,
  method: LogInMethod,
  caller: Caller,
): Promise<StartedSession> {
  const nowMs = Date.now();
  const session = sessionOf(tenantId, user, caller);
  const { familyId, refreshToken } = await recordSession(session, user, method, caller, nowMs);
  const [accessToken] = await Promise.all([
    issueAccessToken({ ...accessClaims(tenantId, user), sessionId: familyId }, nowMs),
    makeRoom(session, user.id),
    rememberNetwork(tenantId, user, caller),
  ]);
  return { sessionId: familyId, accessToken, refreshToken, expiresIn: accessTokenSeconds };
}

export function accessClaims(tenantId: string, user: User) {
  return { userId: user.id, tenantId, name: user.email ?? user.name, roles: user.roles };
}

function recordSession(
  session: TenantSession,
  user: User,
  method: LogInMethod,
  { clientIp, userAgent }: Caller,
  nowMs: number,
): Promise<ReturnType<typeof addFamily>> {
  return session.transact('identity', (unit) => {
    const family = addFamily(unit, session.tenantId, user.id, nowMs);
    unit.create(sessionEntity, {
      id: family.familyId,
      userId: user.id,
      method,
      device: userAgent.slice(0, maxDeviceLength),
      clientIp,
      lastUsedAt: new Date(nowMs).toISOString(),
      lastUsedIp: clientIp,
      validUntil: nowMs + familySeconds * 1000,
    });
    return family;
  });
}

async function makeRoom(session: TenantSession, userId: string): Promise<void> {
  const { items } = await session.query<LogInSession>(sessionEntity, {
    pk: sessionsOf(userId),
    limit: 2 * maxSessions,
    consistent: true,
  });
  for (const { id } of items.slice(0, Math.max(0, items.length - maxSessions))) await endSession(session, userId, id);
}

/** A new place is told about where it matters most: at the account that can do everything. */
async function rememberNetwork(tenantId: string, user: User, caller: Caller): Promise<void> {
  if (isKnownNetwork(user, caller.clientIp)) return;
  const known = user.knownNetworks ?? [];
  const networks = [...known, networkOf(user.id, caller.clientIp)].slice(-keptNetworks);
  const session = openSession(tenantId);
  await updateAtomically(
    session,
    userEntity,
    { id: user.id },
    { update: 'SET knownNetworks = :networks', condition: 'attribute_exists(pk)', values: { ':networks': networks } },
  );
  if (known.length === 0 || !user.roles.includes('OWNER')) return;
  await raiseSecurityAlert('new_network', { tenantId, userId: user.id, name: user.name, ...caller });
}

/** Says that a session is in use, at most every few minutes: a list for people needs no more. */
const useGranularityMs = 5 * 60_000;

export async function recordUse(
  tenantId: string,
  userId: string,
  id: string,
  clientIp: string,
  nowMs: number,
): Promise<void> {
  await updateAtomically(
    openSession(tenantId),
    sessionEntity,
    { userId, id },
    {
      update: 'SET lastUsedAt = :now, lastUsedIp = :ip',
      condition: 'attribute_exists(pk) AND lastUsedAt < :before',
      values: {
        ':now': new Date(nowMs).toISOString(),
        ':ip': clientIp,
        ':before': new Date(nowMs - useGranularityMs).toISOString(),
      },
    },
  );
}
