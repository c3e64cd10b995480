/** The last step of an owner's registration: the code that was sent to the e-mail. */
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { checkCode, spendCode } from '../one-time-codes/check-code.ts';
import { confirmAddress } from '../one-time-codes/confirm-address.ts';
import { normaliseEmail } from '../users/user-entity.ts';
import type { signUp } from './routes.ts';

export const verifyEmail: Operation<typeof signUp.routes.verifyEmail> = async (request) => {
  const email = normaliseEmail(request.body.email);
  const otp = await checkCode({ target: email, channel: 'EMAIL', purpose: 'VERIFY_EMAIL' }, request.body.code, request);
  await spendCode(otp);
  await confirmAddress(otp, request);
  return { data: { email, verified: true } };
};
