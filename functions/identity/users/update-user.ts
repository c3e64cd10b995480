/** Changes who a user is. What they may do and whether they get in have operations of their own. */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { refuseOnStronger } from '../roles/grant-guard.ts';
import { changeUser, type UserChanges } from './change-user.ts';
import { publicUser } from './public-user.ts';
import type { users } from './routes.ts';
import { normaliseEmail } from './user-entity.ts';

export const updateUser: Operation<typeof users.routes.updateUser> = async (request) => {
  const { session, params, body, principal, expectedVersion } = request;
  const user = await changeUser(
    session,
    params.id,
    async (before) => {
      // Whoever sets the address of an account can have its password reset.
      await refuseOnStronger(session, principal, before);
      const changes: UserChanges = { ...body, ...(body.email ? { email: normaliseEmail(body.email) } : {}) };
      const after = { ...before, ...changes };
      if (!after.email && !after.phone)
        throw new AppError('unprocessable', undefined, {
          texts: { en: 'A user keeps an e-mail or a phone.', ar: 'يبقى للمستخدم بريد إلكتروني أو هاتف.' },
        });
      // A new address is not confirmed by the confirmation of the old one.
      if (changes.email !== undefined && changes.email !== before.email) changes.emailVerifiedAt = null;
      if (changes.phone !== undefined && changes.phone !== before.phone) changes.phoneVerifiedAt = null;
      return changes;
    },
    expectedVersion,
  );
  return { data: publicUser(user) };
};
