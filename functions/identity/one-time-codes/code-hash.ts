/** Codes at rest: an HMAC under a secret of its own, which is sealed with KMS and bound to what the code is for. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { openText, sealText } from '../../../layers/kernel/secrets/sealed-text.ts';
import type { Otp, OtpKey } from './otp-entity.ts';

const key = 'secrets';

/** Shown in CloudTrail: the target as a hash. */
const contextOf = ({ target, channel, purpose }: OtpKey) => ({
  use: 'one-time-code',
  target: createHash('sha256').update(target).digest('base64url'),
  channel,
  purpose,
});

export async function hashCode(otp: OtpKey, code: string): Promise<Pick<Otp, 'hashedCode' | 'sealedSecret'>> {
  const secret = randomBytes(32).toString('base64url');
  return { hashedCode: hmac(secret, otp, code), sealedSecret: await sealText(key, contextOf(otp), secret) };
}

export async function isRightCode(otp: Otp, code: string): Promise<boolean> {
  const secret = await openText(key, contextOf(otp), otp.sealedSecret);
  return timingSafeEqual(Buffer.from(hmac(secret, otp, code)), Buffer.from(otp.hashedCode));
}

const hmac = (secret: string, { target, channel, purpose }: OtpKey, code: string): string =>
  createHmac('sha256', secret)
    .update(JSON.stringify([target, channel, purpose, code]))
    .digest('base64url');
