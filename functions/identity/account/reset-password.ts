/** A new password for who forgot theirs, by a code sent to an address of the account. Every log-in ends. */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { userPasswordChanged } from '../events.ts';
import { checkCode, spendCode } from '../one-time-codes/check-code.ts';
import { verifiedBy } from '../one-time-codes/confirm-address.ts';
import { findUserOfCode } from '../one-time-codes/find-user-of-code.ts';
import { normaliseTarget } from '../one-time-codes/otp-entity.ts';
import { sessionOf } from '../security/acting-user.ts';
import { allSessionsEnded, forgetSessions } from '../sessions/end-session.ts';
import { changeUser } from '../users/change-user.ts';
import { hashPassword } from '../users/password.ts';
import { checkPassword } from '../users/password-strength.ts';
import { checkPasswordOf } from './password-of.ts';
import type { account } from './routes.ts';

export const resetPassword: Operation<typeof account.routes.resetPassword> = async (request) => {
  const { target: written, channel, code, password } = request.body;
  const target = normaliseTarget(written, channel);
  // Before the code, so that a weak password costs no try; what concerns the person comes after.
  await checkPassword(password);
  const otp = await checkCode({ target, channel, purpose: 'RESET_PASSWORD' }, code, request);
  const { tenantId, user } = await findUserOfCode(otp);
  if (user.status !== 'active') throw new AppError('invalid_code');
  await checkPasswordOf(user, password);
  await spendCode(otp);
  const passwordHash = await hashPassword(password);
  const session = sessionOf(tenantId, user, request);
  const now = session.context.now();
  await changeUser(session, user.id, (present, unit) => {
    if (present.status !== 'active') throw new AppError('invalid_code');
    // The address may have moved on since the code was sent; who has the old one resets nothing.
    if (otp.target !== (channel === 'EMAIL' ? present.email : present.phone)) throw new AppError('invalid_code');
    unit.emit(userPasswordChanged, { aggregateId: user.id, payload: { userId: user.id, by: 'code' } });
    return {
      passwordHash,
      passwordChangedAt: now,
      mustChangePassword: null,
      ...verifiedBy(otp, now),
      ...allSessionsEnded(now),
    };
  });
  await forgetSessions(session, user.id);
  return { data: { success: true, message: 'Password changed successfully' } };
};
