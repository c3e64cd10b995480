/** The second factor on a person's row: its secret sealed under KMS, each code good once. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { updateAtomically } from '../../../layers/kernel/data/update-atomically.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { openText, sealText } from '../../../layers/kernel/secrets/sealed-text.ts';
import { noteFailure } from '../auth/prove-password.ts';
import type { FoundUser } from '../log-in-names/find-user.ts';
import type { Caller } from '../security/acting-user.ts';
import { checkSuspicious, countAttempt, guessingAt } from '../security/attempts.ts';
import { type TwoFactor, type User, userEntity } from '../users/user-entity.ts';
import { hashRecoveryCode } from './recovery-codes.ts';
import { stepOfCode } from './totp.ts';

const key = 'secrets';
const attempts = { perMinute: 5, perDay: 60 };

/** A copy of the sealed secret in another row does not open. */
const contextOf = (tenantId: string, userId: string) => ({ use: 'two-factor', tenantId, userId });

export const sealSecret = (tenantId: string, userId: string, secret: string): Promise<string> =>
  sealText(key, contextOf(tenantId, userId), secret);

/**
 * Takes a code of the app, or a recovery code, and uses it up.
 * @param recoveryAllowed whether a recovery code counts here
 * @throws AppError `invalid_code`, whatever is wrong with it, or `rate_limited`
 */
export async function proveSecondFactor(
  found: FoundUser,
  code: string,
  caller: Caller,
  recoveryAllowed = true,
): Promise<void> {
  const { tenantId, user } = found;
  const account = `two-factor ${user.id}`;
  await countAttempt('two-factor', user.id, caller.clientIp, attempts);
  await checkSuspicious(await guessingAt(account), user, account, caller.clientIp);
  const { twoFactor } = user;
  if (twoFactor === undefined) throw new AppError('invalid_code');
  const isRight = /^\d{6}$/.test(code)
    ? await useTotp(tenantId, user, twoFactor, code)
    : recoveryAllowed && (await useRecoveryCode(tenantId, user, twoFactor, code));
  if (isRight) return;
  await noteFailure(account, found, caller);
  throw new AppError('invalid_code');
}

async function useTotp(tenantId: string, user: User, twoFactor: TwoFactor, code: string): Promise<boolean> {
  const secret = await openText(key, contextOf(tenantId, user.id), twoFactor.sealedSecret);
  const step = stepOfCode(secret, code, Date.now(), twoFactor.lastStep);
  if (step === undefined) return false;
  const used = await updateAtomically(
    openSession(tenantId),
    userEntity,
    { id: user.id },
    {
      update: 'SET twoFactor.lastStep = :step',
      condition:
        'twoFactor.sealedSecret = :secret AND (attribute_not_exists(twoFactor.lastStep) OR twoFactor.lastStep < :step)',
      values: { ':step': step, ':secret': twoFactor.sealedSecret },
    },
  );
  return used !== undefined;
}

async function useRecoveryCode(
  tenantId: string,
  user: User & Stored,
  { recoveryHashes }: TwoFactor,
  code: string,
): Promise<boolean> {
  const hash = hashRecoveryCode(code);
  if (!recoveryHashes.includes(hash)) return false;
  const used = await updateAtomically(
    openSession(tenantId),
    userEntity,
    { id: user.id },
    {
      update: 'SET twoFactor.recoveryHashes = :left',
      condition: 'twoFactor.recoveryHashes = :before',
      values: { ':left': recoveryHashes.filter((each) => each !== hash), ':before': recoveryHashes },
    },
  );
  return used !== undefined;
}
