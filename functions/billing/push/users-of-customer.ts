/** Whom a push message to a customer reaches: the people who linked themselves to the account and have the app. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { type PortalAccess, portalAccessEntity } from '../portal/portal-access.ts';
import { devicesOf } from './push-devices.ts';

/** More people than share an account. */
const maxUsers = 20;

export async function usersOfCustomer(session: TenantSession, customerId: string): Promise<string[]> {
  const { items } = await session.query<PortalAccess>(portalAccessEntity, {
    index: 'gsi1',
    pk: ['PORTAL-USERS', customerId],
    limit: maxUsers,
  });
  return items.map(({ userId }) => userId);
}

export async function hasApp(session: TenantSession, customerId: string): Promise<boolean> {
  for (const userId of await usersOfCustomer(session, customerId))
    if ((await devicesOf(session, userId)).length > 0) return true;
  return false;
}
