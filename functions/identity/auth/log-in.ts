/** Logs a person in by e-mail and password; a wrong e-mail and a wrong password cost the same and say the same. */

import { createHash } from 'node:crypto';
import { countRequest } from '../../../layers/kernel/auth/rate-limit.ts';
import { openGlobalSession, openSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { clientNetwork } from '../../../layers/kernel/http/network.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { refuseSuspended } from '../tenants/suspension.ts';
import { accessTokenSeconds, issueAccessToken } from '../tokens/access-token.ts';
import { startFamily } from '../tokens/refresh-token.ts';
import { verifyPassword } from '../users/password.ts';
import { loginNameEntity, normaliseEmail, userEntity } from '../users/user-entity.ts';
import type { auth } from './routes.ts';

/** More than a person who mistypes needs. */
const attempts = { perMinute: 10, perDay: 200 };

export const logIn: Operation<typeof auth.routes.login> = async ({ body, clientIp }) => {
  await countAttempt(body.email, clientIp);
  const name = await openGlobalSession().get(
    loginNameEntity,
    { name: normaliseEmail(body.email) },
    { consistent: true },
  );
  const user = name && (await openSession(name.tenantId).get(userEntity, { id: name.userId }, { consistent: true }));
  const isRight = await verifyPassword(body.password, user?.passwordHash);
  if (!isRight || name === undefined || user === undefined || user.status !== 'active')
    throw new AppError('invalid_credentials');
  await refuseSuspended(name.tenantId);

  const now = Date.now();
  const { familyId, refreshToken } = await startFamily(name.tenantId, user.id, now);
  const accessToken = await issueAccessToken(
    { userId: user.id, tenantId: name.tenantId, name: user.email ?? user.name, roles: user.roles, sessionId: familyId },
    now,
  );
  return {
    data: {
      success: true,
      accessToken,
      refreshToken,
      expiresIn: accessTokenSeconds,
      userId: user.id,
      workspaceId: null,
      organizationId: name.tenantId,
      organizationRole: organizationRole(user.roles),
    },
  };
};

/**
 * Slows down guessing at one account from one address. Nobody elsewhere is slowed down with it, so it cannot be used to
 * lock a person out; an unknown e-mail counts the same, so it tells nothing.
 */
async function countAttempt(email: string, clientIp: string): Promise<void> {
  const account = createHash('sha256').update(normaliseEmail(email)).digest('base64url');
  await countRequest('anonymous', `${clientNetwork(clientIp)} login ${account}`, attempts, Date.now());
}

function organizationRole(roles: readonly string[]): 'owner' | 'admin' | 'employee' {
  if (roles.includes('OWNER')) return 'owner';
  return roles.includes('ADMIN') ? 'admin' : 'employee';
}
