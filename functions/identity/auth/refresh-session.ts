/** Exchanges a refresh token for a new pair, with the user's present roles. */
import { openSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { type Caller, sessionOf } from '../security/acting-user.ts';
import { raiseSecurityAlert } from '../security/security-alert.ts';
import { endSession } from '../sessions/end-session.ts';
import { isSessionOver } from '../sessions/session-state.ts';
import { accessClaims, recordUse } from '../sessions/start-session.ts';
import { refuseSuspended } from '../tenants/suspension.ts';
import { accessTokenSeconds, issueAccessToken } from '../tokens/access-token.ts';
import { type RefreshFamily, revoke, rotate } from '../tokens/refresh-token.ts';
import { userEntity } from '../users/user-entity.ts';

export interface RefreshedTokens {
  success: true;
  accessToken: string;
  refreshToken: string;
  /** Seconds. */
  expiresIn: number;
}

/** @throws AppError `unauthenticated` for a token that is not good, `forbidden` for a suspended tenant */
export async function refreshTokens(presented: string, caller: Caller): Promise<RefreshedTokens> {
  const now = Date.now();
  const { family, refreshToken } = await rotate(presented, now, (stolen) => reportReuse(stolen, caller));
  const user = await openSession(family.tenantId).get(userEntity, { id: family.userId }, { consistent: true });
  if (user === undefined || user.status !== 'active' || isSessionOver(user, family.id)) {
    await revoke(family.id);
    throw new AppError('unauthenticated', 'The user is not active.');
  }
  await refuseSuspended(family.tenantId);
  const [accessToken] = await Promise.all([
    issueAccessToken({ ...accessClaims(family.tenantId, user), sessionId: family.id }, now),
    recordUse(family.tenantId, user.id, family.id, caller.clientIp, now),
  ]);
  return { success: true, accessToken, refreshToken, expiresIn: accessTokenSeconds };
}

/** An old token came back: somebody has a copy, and whoever it is, both are logged out and the tenant hears of it. */
async function reportReuse({ id, tenantId, userId }: RefreshFamily, caller: Caller): Promise<void> {
  const user = await openSession(tenantId).get(userEntity, { id: userId }, { consistent: true });
  if (user === undefined) return;
  await endSession(sessionOf(tenantId, user, caller), userId, id);
  await raiseSecurityAlert('refresh_reuse', { tenantId, userId, name: user.name, ...caller });
}
