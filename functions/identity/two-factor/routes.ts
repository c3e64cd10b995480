/** Routes of the own second factor, for who is logged in; those of a log-in's second step are with the log-in. */
import * as z from 'zod/mini';
import { presentPassword } from '../users/password-fields.ts';

export const factorCode = () => z.string().check(z.trim(), z.minLength(6), z.maxLength(40));

export const enrolment = z.object({
  /** Base 32, for apps that cannot read the address. */
  secret: z.string(),
  /** `otpauth://totp/…`, to be shown as a QR code. */
  otpauthUri: z.string(),
});

const recoveryCodes = z.object({ recoveryCodes: z.array(z.string()) });

/** Answers hold secrets, which are not kept for repetitions. */
const post = { method: 'POST', access: 'authenticated', status: 200, idempotent: false } as const;

export const twoFactorRoutes = {
  enrolTwoFactor: {
    ...post,
    path: '/two-factor/enrol',
    summary: 'Get a secret for an authenticator app.',
    body: z.object({ password: presentPassword() }),
    response: enrolment,
    errors: ['invalid_credentials', 'conflict', 'forbidden'],
  },
  confirmTwoFactor: {
    ...post,
    path: '/two-factor/confirm',
    summary: 'Switch the second factor on with a code of the app; answers recovery codes, once.',
    body: z.object({ code: factorCode() }),
    response: recoveryCodes,
    errors: ['invalid_code', 'conflict', 'forbidden'],
  },
  replaceRecoveryCodes: {
    ...post,
    path: '/two-factor/recovery-codes',
    summary: 'Get new recovery codes instead of those before.',
    body: z.object({ code: factorCode() }),
    response: recoveryCodes,
    errors: ['invalid_code', 'conflict', 'forbidden'],
  },
  disableTwoFactor: {
    ...post,
    path: '/two-factor/disable',
    summary: 'Switch the second factor off, with the password and a code.',
    body: z.object({ password: presentPassword(), code: factorCode() }),
    response: z.object({ twoFactorEnabled: z.literal(false) }),
    errors: ['invalid_credentials', 'invalid_code', 'forbidden'],
  },
} as const;
