/** Which customer a user of the portal is. Staff opens the access; the user's credential says who asks, never the request. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { customerEntity } from '../customers/customer-entity.ts';

export interface PortalAccess {
  userId: string;
  customerId: string;
}

export const portalAccessEntity = defineEntity<PortalAccess, { userId: string }>()({
  name: 'portal access',
  table: 'billing',
  key: ({ userId }) => ({ pk: ['PORTAL-USER', userId], sk: ['PORTAL-USER'] }),
  indexes: { gsi1: ({ customerId, userId }) => ({ pk: ['PORTAL-USERS', customerId], sk: [userId] }) },
  idOf: ({ userId }) => userId,
});

/** The customer behind the caller. @throws AppError `forbidden` for a user who is none */
export async function requireOwnCustomer(session: TenantSession, subject: string) {
  const access = await session.get(portalAccessEntity, { userId: subject });
  if (access === undefined)
    throw new AppError('forbidden', undefined, {
      texts: { en: 'This user is no customer.', ar: 'هذا المستخدم ليس مشتركًا.' },
    });
  return session.require(customerEntity, { id: access.customerId });
}
