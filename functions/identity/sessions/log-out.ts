/** Log-out by refresh token: ends its log-in, whether the token is the newest or an old one. */
import { openSession } from '../../../layers/kernel/data/session.ts';
import { type Caller, sessionOf } from '../security/acting-user.ts';
import { familyOf, revoke } from '../tokens/refresh-token.ts';
import { userEntity } from '../users/user-entity.ts';
import { endSession } from './end-session.ts';

/** Unknown tokens are ignored, so that logging out twice is no error. @param onlyOf the one person whose log-ins may end */
export async function logOut(refreshToken: string, caller: Caller, onlyOf?: string): Promise<void> {
  const family = await familyOf(refreshToken);
  if (family === undefined || family.revoked || (onlyOf !== undefined && family.userId !== onlyOf)) return;
  const { id, tenantId, userId } = family;
  const user = await openSession(tenantId).get(userEntity, { id: userId }, { consistent: true });
  if (user === undefined) await revoke(id);
  else await endSession(sessionOf(tenantId, user, caller), userId, id);
}
