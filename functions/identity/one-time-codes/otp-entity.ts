/**
 * One-time codes: at most one for a target, channel and purpose. In the global scope, since who asks for one may have no
 * tenant yet.
 */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { requiredPhone } from '../log-in-names/find-user.ts';
import { normaliseEmail } from '../users/user-entity.ts';
import type { OtpChannel, OtpPurpose } from './otp-fields.ts';

export interface OtpKey {
  /** E-mail in small letters, or phone in E.164. */
  target: string;
  channel: OtpChannel;
  purpose: OtpPurpose;
}

export interface Otp extends OtpKey {
  /** Names this code among those that were there before it. */
  id: string;
  /** HMAC-SHA-256 of the code under a secret that only KMS opens: six digits alone are no match for a stolen table. */
  hashedCode: string;
  sealedSecret: string;
  /** The documented `expiresAt`, in milliseconds since the epoch. */
  validUntil: number;
  attempts: number;
  maxAttempts: number;
  /** Somebody gave the right code. */
  verified: boolean;
  /** It has done what it was for. */
  spent: boolean;
  sentAt?: string;
  /** Whom it is about, when that was known as it was made. */
  tenantId?: string;
  userId?: string;
}

export const codeSeconds = 5 * 60;
export const maxCodeAttempts = 5;

/** Used up and expired codes stay a while, so that asking again and again is seen. */
const keptAfterSeconds = 3600;

export const otpEntity = defineEntity<Otp, OtpKey>()({
  name: 'one-time code',
  table: 'identity',
  key: ({ target, channel, purpose }) => ({ pk: ['OTP', target, channel, purpose], sk: ['OTP'] }),
  idOf: ({ target }) => target,
  expiresAt: ({ validUntil }) => Math.ceil(validUntil / 1000) + keptAfterSeconds,
  secretAttributes: ['hashedCode', 'sealedSecret'],
});

const looksLikeEmail = z.email();

/** @throws AppError `validation_failed` when the target is none of the channel's */
export function normaliseTarget(target: string, channel: OtpChannel): string {
  if (channel === 'SMS') return requiredPhone(target, '/target');
  const email = normaliseEmail(target);
  if (looksLikeEmail.safeParse(email).success) return email;
  throw new AppError('validation_failed', undefined, {
    texts: { en: 'The target is not an e-mail address.', ar: 'الهدف ليس عنوان بريد إلكتروني.' },
    details: [{ in: 'body', path: '/target', message: 'Not an e-mail address.' }],
  });
}
