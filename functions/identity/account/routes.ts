/** One-time codes, log-out, sessions and the own second factor. Documented bodies are exactly as the documents show them. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { refreshTokenBody, said } from '../auth/answers.ts';
import { otpChannels, otpCode, otpPurposes, otpTarget } from '../one-time-codes/otp-fields.ts';
import { logInMethods } from '../sessions/session-entity.ts';
import { twoFactorRoutes } from '../two-factor/routes.ts';
import { chosenPassword, presentPassword } from '../users/password-fields.ts';

const address = { target: otpTarget(), channel: z.enum(otpChannels) };
/** A new address is asked for by who is logged in, at a route of its own. */
const purpose = z
  .enum(otpPurposes)
  .check(z.refine((name) => name !== 'CHANGE_ADDRESS', 'Use /api/auth/change-address.'));

/** Bodies and answers that hold secrets are not kept for repetitions. */
const post = { method: 'POST', status: 200, envelope: false, idempotent: false, response: said } as const;

export const account = defineResource({
  name: 'account',
  base: '/api/auth',
  title: 'Own account',
  routes: {
    requestOtp: {
      ...post,
      path: '/request-otp',
      access: 'public',
      summary: 'Ask for a one-time code by e-mail or text message.',
      description:
        'The answer is the same whoever the target is; a code is sent to those it is of use to. It has six digits, lives five minutes, can be tried five times and used once; asking again replaces it after half a minute.',
      body: z.object({ ...address, purpose }),
      errors: ['rate_limited', 'forbidden'],
    },
    verifyOtp: {
      ...post,
      path: '/verify-otp',
      access: 'public',
      summary: 'Check a one-time code.',
      description:
        'For `VERIFY_EMAIL` and `VERIFY_PHONE` this confirms the address. For the other purposes the code stays good for the request it was made for.',
      body: z.object({ ...address, purpose, code: otpCode() }),
      errors: ['invalid_code', 'rate_limited'],
    },
    resetPassword: {
      ...post,
      path: '/reset-password',
      access: 'public',
      summary: 'Choose a new password with a code of the purpose `RESET_PASSWORD`; every log-in ends.',
      body: z.object({ ...address, code: otpCode(), password: chosenPassword() }),
      errors: ['invalid_code', 'rate_limited'],
    },
    changeAddress: {
      ...post,
      path: '/change-address',
      access: 'authenticated',
      summary: 'Ask for a code at a new e-mail or phone of your own.',
      body: z.object({ ...address, password: presentPassword() }),
      errors: ['invalid_credentials', 'forbidden'],
    },
    confirmNewAddress: {
      ...post,
      path: '/confirm-address',
      access: 'authenticated',
      summary: 'Make the new e-mail or phone yours with the code sent to it.',
      body: z.object({ ...address, code: otpCode() }),
      errors: ['invalid_code', 'forbidden'],
    },
    logoutSession: {
      ...post,
      path: '/logout',
      access: 'authenticated',
      summary: 'End this log-in, and the one of the refresh token if it is another of yours.',
      body: z.optional(z.partial(refreshTokenBody)),
      errors: ['forbidden'],
    },
    logoutEverywhere: {
      ...post,
      path: '/logout-all',
      access: 'authenticated',
      summary: 'End every log-in, this one too.',
      errors: ['forbidden'],
    },
    listSessions: {
      method: 'GET',
      path: '/sessions',
      access: 'authenticated',
      summary: 'Where you are logged in, the newest log-in first.',
      response: z.array(
        z.object({
          id: z.string(),
          method: z.enum(logInMethods),
          /** The `User-Agent` of the log-in. */
          device: z.string(),
          clientIp: z.string(),
          createdAt: z.string(),
          lastUsedAt: z.string(),
          lastUsedIp: z.string(),
          isCurrent: z.boolean(),
        }),
      ),
      errors: ['forbidden'],
    },
    endOneSession: {
      method: 'DELETE',
      path: '/sessions/{id}',
      access: 'authenticated',
      summary: 'End one log-in of yours.',
      params: z.object({ id: z.string().check(z.maxLength(64)) }),
      errors: ['not_found', 'forbidden'],
    },
    ...twoFactorRoutes,
  },
});
