/** The person a right code is about, as they are now. */
import { openSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { FoundUser } from '../log-in-names/find-user.ts';
import { userEntity } from '../users/user-entity.ts';
import type { Otp } from './otp-entity.ts';

/** @throws AppError `invalid_code` for a code that was made for nobody */
export async function findUserOfCode({ tenantId, userId }: Otp): Promise<FoundUser> {
  const user =
    tenantId === undefined || userId === undefined
      ? undefined
      : await openSession(tenantId).get(userEntity, { id: userId }, { consistent: true });
  if (user === undefined || tenantId === undefined) throw new AppError('invalid_code');
  return { tenantId, user };
}
