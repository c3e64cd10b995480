/** Behind the queue: makes the token, keeps its hash and writes to who is invited. */
import { openSession } from '../../../layers/kernel/data/session.ts';
import { updateAtomically } from '../../../layers/kernel/data/update-atomically.ts';
import type { QueuedMessage } from '../messages/queue-message.ts';
import { invitationTemplate } from '../messages/templates.ts';
import { writeTo } from '../messages/write-to.ts';
import { tenantEntity } from '../tenants/tenant-entity.ts';
import { requireUser } from '../users/change-user.ts';
import { invitationDays, invitationEntity } from './invitation-entity.ts';
import { newInvitationToken } from './token.ts';

type InvitationMessage = Extract<QueuedMessage, { kind: 'invitation' }>;

export async function deliverInvitation({ tenantId, invitationId: id, locale }: InvitationMessage): Promise<void> {
  const session = openSession(tenantId);
  const [invitation, tenant] = await Promise.all([
    session.get(invitationEntity, { id }, { consistent: true }),
    session.require(tenantEntity, { id: tenantId }),
  ]);
  if (invitation?.status !== 'pending') return;
  // To where the person is now: an address that was a mistake gets no second token.
  const { email, phone } = await requireUser(session, invitation.userId);
  const target = email ?? phone;
  if (target === undefined) return;
  const { token, tokenHash } = newInvitationToken(id);
  const noted = await updateAtomically(
    session,
    invitationEntity,
    { id },
    {
      update: `SET tokenHash = :hash, validUntil = :until, sentAt = :now, ${email === undefined ? 'phone = :target REMOVE email' : 'email = :target REMOVE phone'}`,
      condition: '#status = :pending',
      names: { '#status': 'status' },
      values: {
        ':hash': tokenHash,
        ':until': Date.now() + invitationDays * 86_400_000,
        ':now': new Date().toISOString(),
        ':pending': 'pending',
        ':target': target,
      },
    },
  );
  if (noted === undefined) return;
  await writeTo(target, locale, invitationTemplate, {
    inviter: invitation.inviterName,
    tenant: (locale === 'ar' ? tenant.nameAr : undefined) ?? tenant.name,
    days: String(invitationDays),
    token,
  });
}
