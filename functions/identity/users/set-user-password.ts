/** Changes the own password with the present one, or sets somebody else's, who then has to choose a new one. */
import { isGranted } from '../../../layers/kernel/auth/permissions.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { checkPasswordOf } from '../account/password-of.ts';
import { userPasswordChanged } from '../events.ts';
import { refuseOnStronger } from '../roles/grant-guard.ts';
import { countAttempt } from '../security/attempts.ts';
import { allSessionsEnded, forgetSessions } from '../sessions/end-session.ts';
import { changeUser, requireUser } from './change-user.ts';
import { hashPassword, verifyPassword } from './password.ts';
import type { users } from './routes.ts';

const permission = 'identity:users:password';

export const setUserPassword: Operation<typeof users.routes.setUserPassword> = async (request) => {
  const { session, params, body, principal, clientIp } = request;
  const isOwn = principal.kind === 'user' && params.id === principal.subject;
  if (!isOwn && !isGranted(principal.permissions, permission))
    throw new AppError('forbidden', undefined, { values: { permission } });
  const user = await requireUser(session, params.id);
  if (isOwn) {
    // A stolen token must not become a place to guess the password at.
    await countAttempt('password', user.id, clientIp);
    if (!(await verifyPassword(body.currentPassword ?? '', user.passwordHash)))
      throw new AppError('invalid_credentials');
  } else await refuseOnStronger(session, principal, user);
  await checkPasswordOf(user, body.newPassword, '/newPassword');
  const passwordHash = await hashPassword(body.newPassword);
  const now = session.context.now();
  const kept = isOwn ? principal.sessionId : undefined;
  await changeUser(session, user.id, (present, unit) => {
    // Whoever else changed it meanwhile proved it as well: the proof above was of another password.
    if (isOwn && present.passwordHash !== user.passwordHash) throw new AppError('invalid_credentials');
    const by = isOwn ? 'password' : 'administrator';
    unit.emit(userPasswordChanged, { aggregateId: user.id, payload: { userId: user.id, by } });
    return {
      passwordHash,
      passwordChangedAt: now,
      mustChangePassword: isOwn ? null : true,
      ...allSessionsEnded(now, kept),
    };
  });
  await forgetSessions(session, user.id, kept);
  return { data: {} };
};
