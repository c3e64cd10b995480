/** Exchanges a refresh token for a new pair, with the user's present roles. */
import { openSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { refuseSuspended } from '../tenants/suspension.ts';
import { accessTokenSeconds, issueAccessToken } from '../tokens/access-token.ts';
import { revoke, rotate } from '../tokens/refresh-token.ts';
import { userEntity } from '../users/user-entity.ts';
import type { auth } from './routes.ts';

export const refreshSession: Operation<typeof auth.routes.refreshSession> = async ({ body }) => {
  const now = Date.now();
  const { family, refreshToken } = await rotate(body.refreshToken, now);
  const user = await openSession(family.tenantId).get(userEntity, { id: family.userId }, { consistent: true });
  if (user === undefined || user.status !== 'active') {
    await revoke(family.id);
    throw new AppError('unauthenticated', 'The user is not active.');
  }
  await refuseSuspended(family.tenantId);
  const accessToken = await issueAccessToken(
    {
      userId: user.id,
      tenantId: family.tenantId,
      name: user.email ?? user.name,
      roles: user.roles,
      sessionId: family.id,
    },
    now,
  );
  return { data: { success: true, accessToken, refreshToken, expiresIn: accessTokenSeconds } };
};
