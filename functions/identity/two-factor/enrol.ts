/** Setting up a second factor: the app gets the secret, and the first right code of it switches the factor on. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { updateAtomically } from '../../../layers/kernel/data/update-atomically.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { userTwoFactorChanged } from '../events.ts';
import type { Caller } from '../security/acting-user.ts';
import { changeUser, requireUser } from '../users/change-user.ts';
import { type User, userEntity } from '../users/user-entity.ts';
import { newRecoveryCodes } from './recovery-codes.ts';
import { proveSecondFactor, sealSecret } from './second-factor.ts';
import { newTotpSecret, otpauthUri } from './totp.ts';

const isOn = () =>
  new AppError('conflict', undefined, {
    texts: { en: 'The second factor is on already.', ar: 'العامل الثاني مفعّل بالفعل.' },
  });

/** @throws AppError `conflict` when the factor is on */
export async function beginEnrolment(
  session: TenantSession,
  user: Pick<User, 'id' | 'email' | 'name'>,
): Promise<{ secret: string; otpauthUri: string }> {
  const secret = newTotpSecret();
  const sealedSecret = await sealSecret(session.tenantId, user.id, secret);
  const noted = await updateAtomically(
    session,
    userEntity,
    { id: user.id },
    {
      update: 'SET twoFactor = :new',
      condition: 'attribute_exists(pk) AND attribute_not_exists(twoFactor.enabledAt)',
      values: { ':new': { sealedSecret, recoveryHashes: [] } },
    },
  );
  if (noted === undefined) throw isOn();
  return { secret, otpauthUri: otpauthUri(secret, user.email ?? user.name) };
}

/** @returns the recovery codes, shown this once. @throws AppError `invalid_code` or `conflict` */
export async function confirmEnrolment(
  session: TenantSession,
  userId: string,
  code: string,
  caller: Caller,
): Promise<string[]> {
  const user = await requireUser(session, userId);
  if (user.twoFactor?.enabledAt !== undefined) throw isOn();
  await proveSecondFactor({ tenantId: session.tenantId, user }, code, caller, false);
  const { codes, hashes } = newRecoveryCodes();
  await changeUser(session, userId, ({ twoFactor }, unit) => {
    if (twoFactor === undefined || twoFactor.sealedSecret !== user.twoFactor?.sealedSecret)
      throw new AppError('invalid_code');
    if (twoFactor.enabledAt !== undefined) throw isOn();
    unit.emit(userTwoFactorChanged, { aggregateId: userId, payload: { userId, enabled: true } });
    return { twoFactor: { ...twoFactor, enabledAt: session.context.now(), recoveryHashes: hashes } };
  });
  return codes;
}

/** The person takes their own second factor away. */
export async function removeTwoFactor(session: TenantSession, userId: string): Promise<void> {
  await changeUser(session, userId, ({ twoFactor }, unit) => {
    if (twoFactor === undefined) return undefined;
    unit.emit(userTwoFactorChanged, { aggregateId: userId, payload: { userId, enabled: false } });
    return { twoFactor: null };
  });
}

/** New recovery codes instead of those before. */
export async function replaceRecoveryCodes(session: TenantSession, userId: string): Promise<string[]> {
  const { codes, hashes } = newRecoveryCodes();
  await changeUser(session, userId, ({ twoFactor }) => {
    if (twoFactor?.enabledAt === undefined) throw new AppError('conflict');
    return { twoFactor: { ...twoFactor, recoveryHashes: hashes } };
  });
  return codes;
}
