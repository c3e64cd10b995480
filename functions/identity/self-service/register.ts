/** Signing oneself up with the tenant that is open to everybody: with a code that proves an address, or simply. */
import { AppError, isAppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { messageLocaleOf } from '../../../layers/kernel/messages/message-template.ts';
import { checkPasswordOf } from '../account/password-of.ts';
import { requiredPhone } from '../log-in-names/find-user.ts';
import { queueMessage } from '../messages/queue-message.ts';
import { checkCode, spendCode } from '../one-time-codes/check-code.ts';
import { verifiedBy } from '../one-time-codes/confirm-address.ts';
import type { Otp } from '../one-time-codes/otp-entity.ts';
import type { CodeCaller } from '../one-time-codes/request-code.ts';
import { addSignedUpUser, tryToAdd } from '../sign-up/add-signed-up-user.ts';
import { requirePublicSignUp } from '../sign-up/public-sign-up.ts';
import { hashPassword } from '../users/password.ts';
import { normaliseEmail, type User } from '../users/user-entity.ts';
import type { selfService } from './routes.ts';

interface SignUp {
  name: string;
  email?: string | undefined;
  phone?: string | undefined;
  password: string;
}

export const registerWithOtp: Operation<typeof selfService.routes.registerWithOtp> = async (request) => {
  const tenant = await requirePublicSignUp();
  const addresses = addressesOf(request.body);
  await checkPasswordOf({ ...addresses, name: request.body.name }, request.body.password);
  const otp = await checkEither(addresses, request.body.otpCode, request);
  await spendCode(otp);
  const user = { ...(await newUser(request.body, addresses, request)), ...verifiedBy(otp, now()) } as User;
  if (!(await tryToAdd(tenant.id, user, request))) await addWithProvenAddress(tenant.id, user, otp, request);
  return { data: { success: true, message: 'User registered successfully' } };
};

export const registerSimple: Operation<typeof selfService.routes.registerSimple> = async (request) => {
  const tenant = await requirePublicSignUp();
  const addresses = addressesOf(request.body);
  await checkPasswordOf({ ...addresses, name: request.body.name }, request.body.password);
  await addSignedUpUser(tenant.id, await newUser(request.body, addresses, request), request);
  return { data: { success: true, message: 'User registered successfully' } };
};

const now = (): string => new Date().toISOString();

function addressesOf({ email, phone }: SignUp): { email?: string; phone?: string } {
  return {
    ...(email === undefined ? {} : { email: normaliseEmail(email) }),
    ...(phone === undefined ? {} : { phone: requiredPhone(phone) }),
  };
}

async function newUser(
  { name, password }: SignUp,
  addresses: { email?: string; phone?: string },
  caller: CodeCaller,
): Promise<User> {
  return {
    id: newId('usr'),
    name,
    ...addresses,
    roles: ['USER'],
    workspaces: [],
    status: 'active',
    subscriptionActive: false,
    passwordHash: await hashPassword(password),
    passwordChangedAt: now(),
    locale: messageLocaleOf(caller.headers['accept-language'], caller.locale),
  };
}

/** The code was sent to the phone or to the e-mail; the request does not say which. */
async function checkEither(
  { email, phone }: { email?: string; phone?: string },
  code: string,
  caller: CodeCaller,
): Promise<Otp> {
  const targets = [
    ...(phone === undefined ? [] : [{ target: phone, channel: 'SMS' as const }]),
    ...(email === undefined ? [] : [{ target: email, channel: 'EMAIL' as const }]),
  ];
  for (const each of targets)
    try {
      return await checkCode({ ...each, purpose: 'REGISTER' }, code, caller);
    } catch (error) {
      if (!isAppError(error) || error.code !== 'invalid_code') throw error;
    }
  throw new AppError('invalid_code');
}

/**
 * The address that was not proven belongs to another account: this one is made without it, and who has it hears of it.
 * The answer is the same, so that proving one's own address does not tell about others'.
 */
async function addWithProvenAddress(tenantId: string, user: User, otp: Otp, caller: CodeCaller): Promise<void> {
  const { email, phone, ...rest } = user;
  const [proven, other] = otp.channel === 'EMAIL' ? [{ email }, phone] : [{ phone }, email];
  if (!(await tryToAdd(tenantId, { ...rest, ...proven } as User, caller))) throw new AppError('invalid_code');
  if (other !== undefined)
    await queueMessage({
      kind: 'notice',
      notice: 'already_registered',
      target: other,
      locale: user.locale,
      correlationId: caller.correlationId,
    });
}
