/**
 * Deletes a user: log-ins end, names are free again, and nothing personal stays on the row, which what refers to it still
 * finds. What the audit trail recorded before stays in it.
 */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { refuseOnStronger } from '../roles/grant-guard.ts';
import { forgetSessions } from '../sessions/end-session.ts';
import { changeUser } from './change-user.ts';
import { erased } from './erase-user.ts';
import type { users } from './routes.ts';

export const deleteUser: Operation<typeof users.routes.deleteUser> = async (request) => {
  const { session, params, principal, expectedVersion } = request;
  if (params.id === principal.subject)
    throw new AppError('conflict', undefined, {
      texts: { en: 'You cannot delete yourself.', ar: 'لا يمكنك حذف نفسك.' },
    });
  await changeUser(
    session,
    params.id,
    async (user) => {
      await refuseOnStronger(session, principal, user);
      return erased(session.context.now());
    },
    expectedVersion,
  );
  await forgetSessions(session, params.id);
  return {};
};
