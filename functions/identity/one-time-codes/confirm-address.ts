/** What a right code for an address does: the address is the person's, and an owner who waited for it gets in. */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { userAddressVerified } from '../events.ts';
import { type Caller, sessionOf } from '../security/acting-user.ts';
import { changeUser, type StoredUser, type UserChanges } from '../users/change-user.ts';
import { findUserOfCode } from './find-user-of-code.ts';
import type { Otp } from './otp-entity.ts';

export async function confirmAddress(otp: Otp, caller: Caller): Promise<void> {
  const found = await findUserOfCode(otp);
  const session = sessionOf(found.tenantId, found.user, caller);
  await changeUser(session, found.user.id, (user, unit) => {
    // The address may have moved on since the code was sent.
    if (otp.target !== (otp.channel === 'EMAIL' ? user.email : user.phone)) throw new AppError('invalid_code');
    unit.emit(userAddressVerified, {
      aggregateId: user.id,
      payload: { userId: user.id, channel: otp.channel, status: isOwnerWaiting(user) ? 'active' : user.status },
    });
    return {
      ...verifiedBy(otp, session.context.now()),
      ...(isOwnerWaiting(user) ? { status: 'active' as const } : {}),
    };
  });
}

/** The change that says an address was proven. */
export function verifiedBy({ channel }: Pick<Otp, 'channel'>, nowIso: string): UserChanges {
  return channel === 'EMAIL' ? { emailVerifiedAt: nowIso } : { phoneVerifiedAt: nowIso };
}

/** Who registered a company waits for nothing but this; who was invited has no password yet, and an employee waits for an approval. */
const isOwnerWaiting = (user: StoredUser): boolean =>
  user.status === 'pending' && user.roles.includes('OWNER') && user.passwordHash !== undefined;
