/** Invitations, for who manages users. Nobody invites to more than they may do themselves. */
import { equals } from '../../../layers/kernel/data/expressions.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { requiredPhone } from '../log-in-names/find-user.ts';
import { checkGrant } from '../roles/grant-guard.ts';
import { tenantEntity } from '../tenants/tenant-entity.ts';
import { addUser } from '../users/add-user.ts';
import { requireUser } from '../users/change-user.ts';
import { normaliseEmail, type User } from '../users/user-entity.ts';
import { checkWorkspaces } from '../workspaces/check-workspaces.ts';
import { type Invitation, invitationEntity } from './invitation-entity.ts';
import { addInvitation, sendInvitation } from './invite.ts';
import type { invitations } from './routes.ts';

type StoredInvitation = Invitation & { createdAt: string; updatedAt: string; version: number };

export const invitationOperations: Operations<typeof invitations.routes> = {
  createInvitation: async ({ session, body, principal }) => {
    const { email, phone, name, roles, workspaces, locale } = body;
    const [tenant] = await Promise.all([
      session.require(tenantEntity, { id: session.tenantId }),
      checkGrant(session, principal, roles),
      checkWorkspaces(session, principal, workspaces),
    ]);
    const user: User = {
      id: newId('usr'),
      name,
      ...(email === undefined ? {} : { email: normaliseEmail(email) }),
      ...(phone === undefined ? {} : { phone: requiredPhone(phone) }),
      roles,
      workspaces,
      status: 'pending',
      locale: locale ?? tenant.locale,
    };
    const invitation = await session.transact('identity', (unit) => {
      addUser(unit, session.tenantId, user);
      return addInvitation(unit, session.tenantId, user, principal);
    });
    await sendInvitation(session, invitation, user.locale);
    return { data: view(await session.require(invitationEntity, invitation)) };
  },

  listInvitations: async ({ session, page, query }) => {
    const { items, nextCursor } = await session.query<StoredInvitation>(invitationEntity, {
      index: 'gsi1',
      pk: ['INVITATIONS'],
      order: 'descending',
      ...page,
      filter: equals({ status: query.status }),
    });
    return { data: items.map(view), pagination: { limit: page.limit, nextCursor } };
  },

  resendInvitation: async ({ session, params }) => {
    const invitation = requirePending(await session.require(invitationEntity, params));
    const user = await requireUser(session, invitation.userId);
    await sendInvitation(session, invitation, user.locale);
    return { data: view(invitation) };
  },

  revokeInvitation: async ({ session, params }) => {
    const invitation = requirePending(await session.require(invitationEntity, params));
    const after = await session.transact('identity', (unit) =>
      unit.update(invitationEntity, invitation, { status: 'revoked', tokenHash: null }),
    );
    return { data: view(after) };
  },
};

function requirePending(invitation: StoredInvitation): StoredInvitation {
  if (invitation.status === 'pending') return invitation;
  throw new AppError('conflict', `The invitation is ${invitation.status}.`, {
    texts: { en: `The invitation is ${invitation.status}.`, ar: 'لم تعد الدعوة مفتوحة.' },
  });
}

function view({ tokenHash: _, validUntil, sentAt, acceptedAt, ...shown }: StoredInvitation) {
  return {
    ...shown,
    sentAt: sentAt ?? null,
    acceptedAt: acceptedAt ?? null,
    expiresAt: validUntil === undefined ? null : new Date(validUntil).toISOString(),
  };
}
