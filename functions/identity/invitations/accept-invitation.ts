/** Accepting an invitation proves the address it was sent to, sets the first password, and logs in. */
import { openGlobalSession, openSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { checkPasswordOf } from '../account/password-of.ts';
import { admitUser } from '../auth/admit-user.ts';
import { logInAnswer } from '../auth/log-in.ts';
import type { auth } from '../auth/routes.ts';
import { sessionOf } from '../security/acting-user.ts';
import { changeUser } from '../users/change-user.ts';
import { hashPassword } from '../users/password.ts';
import { userEntity } from '../users/user-entity.ts';
import { type Invitation, invitationEntity, invitationPlaceEntity } from './invitation-entity.ts';
import { isRightToken, parseInvitationToken } from './token.ts';

const refused = () => new AppError('invalid_code');

export const acceptInvitation: Operation<typeof auth.routes.acceptInvitation> = async (request) => {
  const { token, password, name } = request.body;
  const { tenantId, invitation } = await findInvitation(token);
  const user = await openSession(tenantId).get(userEntity, { id: invitation.userId }, { consistent: true });
  if (user?.status !== 'pending' || user.passwordHash !== undefined) throw refused();
  await checkPasswordOf({ ...user, name: name ?? user.name }, password);
  const passwordHash = await hashPassword(password);
  const session = sessionOf(tenantId, user, request);
  const now = session.context.now();
  const accepted = await changeUser(session, user.id, async (present, unit) => {
    // Read again with each try: an invitation is accepted once, and not after it was taken back.
    const open = await session.require(invitationEntity, { id: invitation.id });
    if (!isOpen(open, token) || present.status !== 'pending' || present.passwordHash !== undefined) throw refused();
    // The address was changed since: whoever has the one before is not who is invited.
    if ((open.email ?? open.phone) !== (present.email ?? present.phone)) throw refused();
    unit.update(invitationEntity, open, { status: 'accepted', acceptedAt: now, tokenHash: null });
    return {
      status: 'active',
      passwordHash,
      passwordChangedAt: now,
      ...(name === undefined ? {} : { name }),
      ...(open.email === undefined ? { phoneVerifiedAt: now } : { emailVerifiedAt: now }),
    };
  });
  const found = { tenantId, user: accepted };
  return { data: logInAnswer(found, await admitUser(found, 'invitation', request)) };
};

/** @throws AppError `invalid_code` for every token that opens nothing */
async function findInvitation(token: string): Promise<{ tenantId: string; invitation: Invitation }> {
  const parsed = parseInvitationToken(token);
  if (parsed === undefined) throw refused();
  const place = await openGlobalSession().get(invitationPlaceEntity, { id: parsed.id });
  const invitation =
    place && (await openSession(place.tenantId).get(invitationEntity, { id: parsed.id }, { consistent: true }));
  if (!place || !invitation || !isOpen(invitation, token)) throw refused();
  return { tenantId: place.tenantId, invitation };
}

function isOpen({ status, tokenHash, validUntil }: Invitation, token: string): boolean {
  const { secret = '' } = parseInvitationToken(token) ?? {};
  return status === 'pending' && (validUntil ?? 0) > Date.now() && isRightToken(secret, tokenHash);
}
