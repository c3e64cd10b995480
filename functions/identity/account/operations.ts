/** Codes, sessions and the own second factor, below `/api/auth`. */
import { notFound } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { checkCode, spendCode } from '../one-time-codes/check-code.ts';
import { confirmAddress } from '../one-time-codes/confirm-address.ts';
import { normaliseTarget } from '../one-time-codes/otp-entity.ts';
import { requestCode } from '../one-time-codes/request-code.ts';
import { endAllSessions, endSession } from '../sessions/end-session.ts';
import { logOut } from '../sessions/log-out.ts';
import { type LogInSession, sessionEntity, sessionsOf } from '../sessions/session-entity.ts';
import { requirePublicSignUp } from '../sign-up/public-sign-up.ts';
import { twoFactorOperations } from '../two-factor/operations.ts';
import { requireUser } from '../users/change-user.ts';
import { changeAddress, confirmNewAddress } from './change-address.ts';
import { requirePerson } from './person.ts';
import { resetPassword } from './reset-password.ts';
import type { account } from './routes.ts';

export const accountOperations: Operations<typeof account.routes> = {
  requestOtp: async (request) => {
    const { target, channel, purpose } = request.body;
    if (purpose === 'REGISTER') await requirePublicSignUp();
    await requestCode({ target: normaliseTarget(target, channel), channel, purpose }, request);
    return { data: { success: true, message: 'OTP sent successfully' } };
  },

  verifyOtp: async (request) => {
    const { target, channel, purpose, code } = request.body;
    const otp = await checkCode({ target: normaliseTarget(target, channel), channel, purpose }, code, request);
    if (purpose === 'VERIFY_EMAIL' || purpose === 'VERIFY_PHONE') {
      await spendCode(otp);
      await confirmAddress(otp, request);
    }
    return { data: { success: true, message: 'OTP verified successfully' } };
  },

  resetPassword,
  changeAddress,
  confirmNewAddress,

  logoutSession: async (request) => {
    const { body, principal, session } = request;
    requirePerson(principal);
    if (principal.sessionId !== undefined) await endSession(session, principal.subject, principal.sessionId);
    if (body?.refreshToken !== undefined) await logOut(body.refreshToken, request, principal.subject);
    return { data: { success: true, message: 'Logged out successfully' } };
  },

  logoutEverywhere: async ({ principal, session }) => {
    requirePerson(principal);
    await endAllSessions(session, await requireUser(session, principal.subject));
    return { data: { success: true, message: 'Logged out everywhere successfully' } };
  },

  listSessions: async ({ principal, session }) => {
    requirePerson(principal);
    const { items } = await session.query<LogInSession & { createdAt: string }>(sessionEntity, {
      pk: sessionsOf(principal.subject),
      order: 'descending',
      limit: 100,
      consistent: true,
    });
    return {
      data: items.map(({ id, method, device, clientIp, createdAt, lastUsedAt, lastUsedIp }) => ({
        ...{ id, method, device, clientIp, createdAt, lastUsedAt, lastUsedIp },
        isCurrent: id === principal.sessionId,
      })),
    };
  },

  endOneSession: async ({ principal, session, params }) => {
    requirePerson(principal);
    const stored = await session.get(sessionEntity, { userId: principal.subject, id: params.id }, { consistent: true });
    if (stored === undefined) throw notFound('session', params.id);
    await endSession(session, principal.subject, params.id);
    return {};
  },

  ...twoFactorOperations,
};
