/** An invitation lets one person, who was added without a password, choose it and get in. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';

export const invitationStatuses = ['pending', 'accepted', 'revoked'] as const;

export interface Invitation {
  id: string;
  userId: string;
  name: string;
  email?: string;
  phone?: string;
  invitedBy: string;
  inviterName: string;
  status: (typeof invitationStatuses)[number];
  /** SHA-256 of the token's 256 random bits; missing until it was sent. */
  tokenHash?: string;
  /** Milliseconds since the epoch; a new token starts anew. */
  validUntil?: number;
  sentAt?: string;
  acceptedAt?: string;
}

export const invitationDays = 7;

export const invitationEntity = defineEntity<Invitation>()({
  name: 'invitation',
  table: 'identity',
  key: ({ id }) => ({ pk: ['INVITATION', id], sk: ['INVITATION'] }),
  indexes: { gsi1: ({ id }) => ({ pk: ['INVITATIONS'], sk: [id] }) },
  idOf: ({ id }) => id,
  secretAttributes: ['tokenHash'],
});

/** Which tenant an invitation belongs to: the token is all that who accepts sends. In the global scope. */
export interface InvitationPlace {
  id: string;
  tenantId: string;
}

export const invitationPlaceEntity = defineEntity<InvitationPlace>()({
  name: 'invitation place',
  table: 'identity',
  key: ({ id }) => ({ pk: ['INVITATION-PLACE', id], sk: ['INVITATION-PLACE'] }),
  idOf: ({ id }) => id,
});
