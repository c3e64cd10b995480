/** What others call to invite somebody: the invitation goes into the transaction that adds the person, the message after it. */

import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { userInvited } from '../events.ts';
import { queueMessage } from '../messages/queue-message.ts';
import type { User } from '../users/user-entity.ts';
import { type Invitation, invitationEntity, invitationPlaceEntity } from './invitation-entity.ts';

/** Adds an invitation of a user who has no password yet. @returns it; pass it to `sendInvitation` after the commit */
export function addInvitation(unit: UnitOfWork, tenantId: string, user: User, inviter: Principal): Invitation {
  const invitation: Invitation = {
    id: newId('inv'),
    userId: user.id,
    name: user.name,
    ...(user.email === undefined ? {} : { email: user.email }),
    ...(user.phone === undefined ? {} : { phone: user.phone }),
    invitedBy: inviter.subject,
    inviterName: inviter.name,
    status: 'pending',
  };
  unit.create(invitationEntity, invitation);
  unit.claim(invitationPlaceEntity, { id: invitation.id, tenantId }, () => new AppError('conflict'));
  unit.emit(userInvited, {
    aggregateId: user.id,
    payload: { userId: user.id, invitationId: invitation.id, invitedBy: inviter.subject },
  });
  return invitation;
}

/** Makes a new token and writes it to the person; a token before it is good no more. Needs the queue `messages`. */
export async function sendInvitation(
  session: TenantSession,
  { id }: Pick<Invitation, 'id'>,
  locale: User['locale'],
): Promise<void> {
  const { tenantId, correlationId } = session.context;
  await queueMessage({ kind: 'invitation', tenantId, invitationId: id, locale, correlationId });
}
