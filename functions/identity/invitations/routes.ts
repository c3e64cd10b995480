/** Invitations: somebody is added without a password and chooses it with the token sent to them. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { generatedId, label } from '../../../layers/kernel/schema/common.ts';
import { emailAddress } from '../log-in-names/name-fields.ts';
import { writtenPhone } from '../log-in-names/phone-number.ts';
import { roleNames, workspaceIds } from '../users/schemas.ts';
import { invitationStatuses } from './invitation-entity.ts';

const invitation = z.object({
  id: z.string(),
  userId: z.string(),
  name: z.string(),
  email: z.optional(z.string()),
  phone: z.optional(z.string()),
  invitedBy: z.string(),
  inviterName: z.string(),
  status: z.enum(invitationStatuses),
  /** Null until the message has left. */
  sentAt: z.nullable(z.string()),
  expiresAt: z.nullable(z.string()),
  acceptedAt: z.nullable(z.string()),
  createdAt: z.string(),
  updatedAt: z.string(),
  version: z.int(),
});
const params = z.object({ id: generatedId('inv') });
const one = { access: 'identity:users:write', response: invitation } as const;

export const invitations = defineResource({
  name: 'invitations',
  base: '/api/core/invitations',
  title: 'Invitations',
  routes: {
    createInvitation: {
      ...one,
      method: 'POST',
      path: '',
      summary: 'Invite somebody by e-mail or phone; nobody gives roles beyond his own.',
      body: z
        .object({
          name: label(),
          email: z.optional(emailAddress()),
          phone: z.optional(writtenPhone()),
          roles: roleNames(),
          workspaces: z._default(workspaceIds(), []),
          locale: z.optional(z.enum(['en', 'ar', 'fa', 'ru'])),
        })
        .check(
          z.refine(
            ({ email, phone }) => (email ?? phone) !== undefined,
            fieldMessage('Give an e-mail or a phone.', 'أعطِ بريدًا إلكترونيًا أو هاتفًا.'),
          ),
        ),
      errors: ['already_exists', 'not_found', 'forbidden', 'unprocessable'],
    },
    listInvitations: {
      method: 'GET',
      path: '',
      access: 'identity:users:read',
      summary: 'List invitations, the newest first.',
      query: z.object({ status: z.optional(z.enum(invitationStatuses)) }),
      response: z.array(invitation),
      paginated: true,
    },
    resendInvitation: {
      ...one,
      method: 'POST',
      path: '/{id}/resend',
      status: 200,
      summary: 'Send a new token, good for seven days; the one before is good no more.',
      params,
      errors: ['not_found', 'conflict'],
    },
    revokeInvitation: {
      ...one,
      method: 'POST',
      path: '/{id}/revoke',
      status: 200,
      summary: 'Take an open invitation back; the person stays, without a way in.',
      params,
      errors: ['not_found', 'conflict', 'version_conflict'],
    },
  },
});
