/**
 * Checks a code. The try is counted before the code is looked at, in one conditional write, so that any number of guesses
 * at once get exactly as many tries as the code has.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { openGlobalSession, openSession } from '../../../layers/kernel/data/session.ts';
import { updateAtomically } from '../../../layers/kernel/data/update-atomically.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Caller } from '../security/acting-user.ts';
import { countAttempt } from '../security/attempts.ts';
import { raiseSecurityAlert } from '../security/security-alert.ts';
import { userEntity } from '../users/user-entity.ts';
import { isRightCode } from './code-hash.ts';
import { type Otp, type OtpKey, otpEntity } from './otp-entity.ts';

const checksOfNetwork = { perMinute: 10, perDay: 60 };

/** @returns the code's row, now verified. @throws AppError `invalid_code` whatever is wrong, or `rate_limited` */
export async function checkCode(key: OtpKey, code: string, caller: Caller): Promise<Otp> {
  await countAttempt('code-check', key.target, caller.clientIp, checksOfNetwork);
  const session = openGlobalSession();
  const otp = (await updateAtomically(session, otpEntity, key, {
    update: 'SET attempts = attempts + :one',
    condition: 'attempts < maxAttempts AND validUntil > :now AND spent = :no',
    values: { ':one': 1, ':now': Date.now(), ':no': false },
  })) as (Otp & Stored) | undefined;
  if (otp === undefined) throw new AppError('invalid_code');
  if (!(await isRightCode(otp, code))) {
    if (otp.attempts >= otp.maxAttempts) await reportAbuse(otp, caller);
    throw new AppError('invalid_code');
  }
  const verified = await updateAtomically(session, otpEntity, key, {
    update: 'SET verified = :yes',
    condition: 'id = :id',
    values: { ':yes': true, ':id': otp.id },
  });
  if (verified === undefined) throw new AppError('invalid_code');
  return otp;
}

/** Uses up a code that was checked. @throws AppError `invalid_code` when another request did so first */
export async function spendCode({ target, channel, purpose, id }: Otp): Promise<void> {
  const key = { target, channel, purpose };
  const spent = await updateAtomically(openGlobalSession(), otpEntity, key, {
    update: 'SET spent = :yes',
    condition: 'id = :id AND verified = :yes AND spent = :no',
    values: { ':yes': true, ':no': false, ':id': id },
  });
  if (spent === undefined) throw new AppError('invalid_code');
}

async function reportAbuse({ tenantId, userId }: Otp, caller: Caller): Promise<void> {
  if (tenantId === undefined || userId === undefined) return;
  const user = await openSession(tenantId).get(userEntity, { id: userId });
  if (user) await raiseSecurityAlert('code_abuse', { tenantId, userId, name: user.name, ...caller });
}
