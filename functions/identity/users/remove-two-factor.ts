/** Takes the second factor of somebody else away, who lost the phone and the recovery codes and cannot do it themselves. */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { userTwoFactorChanged } from '../events.ts';
import { refuseOnStronger } from '../roles/grant-guard.ts';
import { allSessionsEnded, forgetSessions } from '../sessions/end-session.ts';
import { changeUser } from './change-user.ts';
import { publicUser } from './public-user.ts';
import type { users } from './routes.ts';

export const removeUserTwoFactor: Operation<typeof users.routes.removeUserTwoFactor> = async (request) => {
  const { session, params, principal } = request;
  // The own goes with the password and a code: a stolen token alone must not take it away.
  if (params.id === principal.subject)
    throw new AppError('conflict', undefined, {
      texts: {
        en: 'Switch your own second factor off at /api/auth/two-factor/disable.',
        ar: 'عطّل عاملك الثاني من ‎/api/auth/two-factor/disable.',
      },
    });
  const user = await changeUser(session, params.id, async (before, unit) => {
    await refuseOnStronger(session, principal, before);
    if (before.twoFactor === undefined) return undefined;
    unit.emit(userTwoFactorChanged, { aggregateId: before.id, payload: { userId: before.id, enabled: false } });
    return { twoFactor: null, ...allSessionsEnded(session.context.now()) };
  });
  await forgetSessions(session, user.id);
  return { data: publicUser(user) };
};
