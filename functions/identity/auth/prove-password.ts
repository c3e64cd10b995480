/** The first step of a log-in: a name and a password. An unknown name and a wrong password cost the same and say the same. */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { type FoundUser, findUser, normaliseLoginName } from '../log-in-names/find-user.ts';
import type { WrittenName } from '../log-in-names/name-fields.ts';
import type { Caller } from '../security/acting-user.ts';
import { checkSuspicious, countAttempt, guessingAt, recordFailure } from '../security/attempts.ts';
import { raiseSecurityAlert } from '../security/security-alert.ts';
import { verifyPassword } from '../users/password.ts';

/** @throws AppError `invalid_credentials` or `rate_limited` */
export async function provePassword(
  { password, ...written }: WrittenName & { password: string },
  caller: Caller,
): Promise<FoundUser> {
  const name = normaliseLoginName(written);
  await countAttempt('login', name, caller.clientIp);
  const [found, guessing] = await Promise.all([findUser(name), guessingAt(name)]);
  await checkSuspicious(guessing, found?.user, name, caller.clientIp);
  const isRight = await verifyPassword(password, found?.user.passwordHash);
  if (isRight && found !== undefined && (found.user.status === 'active' || found.user.status === 'pending'))
    return found;
  await noteFailure(name, found, caller);
  throw new AppError('invalid_credentials');
}

/** Counts a failure at an account, and says so to its tenant when there were too many to be mistakes. */
export async function noteFailure(account: string, found: FoundUser | undefined, caller: Caller): Promise<void> {
  const isAttack = await recordFailure(account, caller.clientIp);
  if (isAttack && found)
    await raiseSecurityAlert('guessing', {
      tenantId: found.tenantId,
      userId: found.user.id,
      name: found.user.name,
      ...caller,
    });
}
