/** A new e-mail or phone: it becomes the person's when they prove that it is theirs, and not before. */
import { AppError, isAppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { checkCode, spendCode } from '../one-time-codes/check-code.ts';
import { normaliseTarget } from '../one-time-codes/otp-entity.ts';
import { requestCode } from '../one-time-codes/request-code.ts';
import { countAttempt } from '../security/attempts.ts';
import { changeUser, requireUser } from '../users/change-user.ts';
import { verifyPassword } from '../users/password.ts';
import { requirePerson } from './person.ts';
import type { account } from './routes.ts';

export const changeAddress: Operation<typeof account.routes.changeAddress> = async (request) => {
  const { body, principal, session, clientIp } = request;
  requirePerson(principal);
  const target = normaliseTarget(body.target, body.channel);
  await countAttempt('password', principal.subject, clientIp);
  const user = await requireUser(session, principal.subject);
  // Addresses open the account; a stolen token alone must not move them.
  if (!(await verifyPassword(body.password, user.passwordHash))) throw new AppError('invalid_credentials');
  await requestCode({ target, channel: body.channel, purpose: 'CHANGE_ADDRESS' }, request, {
    tenantId: principal.tenantId,
    userId: principal.subject,
  });
  return { data: { success: true, message: 'OTP sent successfully' } };
};

export const confirmNewAddress: Operation<typeof account.routes.confirmNewAddress> = async (request) => {
  const { body, principal, session } = request;
  requirePerson(principal);
  const { channel } = body;
  const target = normaliseTarget(body.target, channel);
  const otp = await checkCode({ target, channel, purpose: 'CHANGE_ADDRESS' }, body.code, request);
  if (otp.tenantId !== principal.tenantId || otp.userId !== principal.subject) throw new AppError('invalid_code');
  await spendCode(otp);
  const now = session.context.now();
  try {
    await changeUser(session, principal.subject, () =>
      channel === 'EMAIL' ? { email: target, emailVerifiedAt: now } : { phone: target, phoneVerifiedAt: now },
    );
  } catch (error) {
    // Taken since the code was sent; the code would not have come had it been taken before.
    if (isAppError(error) && error.code === 'already_exists') throw new AppError('invalid_code');
    throw error;
  }
  return { data: { success: true, message: 'Address changed successfully' } };
};
