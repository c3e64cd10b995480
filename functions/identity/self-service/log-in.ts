/** Log-in below `/api/user`: by password or by a code, answered in the form of that document. */
import { openSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { type Admission, admitUser } from '../auth/admit-user.ts';
import { challengeAnswer } from '../auth/log-in.ts';
import { provePassword } from '../auth/prove-password.ts';
import type { FoundUser } from '../log-in-names/find-user.ts';
import { checkCode, spendCode } from '../one-time-codes/check-code.ts';
import { findUserOfCode } from '../one-time-codes/find-user-of-code.ts';
import { normaliseTarget } from '../one-time-codes/otp-entity.ts';
import { tenantEntity } from '../tenants/tenant-entity.ts';
import { roleOf } from './profile.ts';
import type { selfService } from './routes.ts';

export const logInUser: Operation<typeof selfService.routes.logInUser> = async (request) => {
  const found = await provePassword(request.body, request);
  return { data: answer(found, await admitUser(found, 'password', request)) };
};

export const logInByCode: Operation<typeof selfService.routes.logInByCode> = async (request) => {
  const { channel, code } = request.body;
  const target = normaliseTarget(request.body.target, channel);
  const otp = await checkCode({ target, channel, purpose: 'LOGIN' }, code, request);
  const found = await findUserOfCode(otp);
  const { user, tenantId } = found;
  await spendCode(otp);
  const tenant = await openSession(tenantId).get(tenantEntity, { id: tenantId });
  const isStillTheirs = target === (channel === 'EMAIL' ? user.email : user.phone);
  if (user.status !== 'active' || tenant?.logInByCode !== true || !isStillTheirs) throw new AppError('invalid_code');
  return { data: answer(found, await admitUser(found, 'code', request)) };
};

function answer({ user }: FoundUser, admission: Admission) {
  if ('challenge' in admission) return { ...challengeAnswer(admission.challenge), message: 'Second factor required' };
  const { accessToken, refreshToken } = admission.session;
  return {
    success: true as const,
    message: 'Login successful',
    accessToken,
    refreshToken,
    user: { id: user.id, name: user.name, email: user.email ?? null, role: roleOf(user.roles) },
  };
}
