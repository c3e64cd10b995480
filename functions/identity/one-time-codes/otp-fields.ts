/** One-time codes as requests and queues carry them; no store is asked here. */
import * as z from 'zod/mini';

export const otpChannels = ['SMS', 'EMAIL'] as const;
export type OtpChannel = (typeof otpChannels)[number];

export const otpPurposes = [
  'REGISTER',
  'LOGIN',
  'RESET_PASSWORD',
  'VERIFY_EMAIL',
  'VERIFY_PHONE',
  'CHANGE_ADDRESS',
] as const;
export type OtpPurpose = (typeof otpPurposes)[number];

export const otpTarget = () => z.string().check(z.trim(), z.minLength(3), z.maxLength(254));
export const otpCode = () => z.string().check(z.trim(), z.regex(/^\d{6}$/, 'Six digits.'));
