/**
 * Which customers a user of the portal acts for: one or several, and a customer may have several users. The user's credential
 * says who asks; the request only chooses among the user's own accounts.
 */
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, notFound } from '../../../layers/kernel/errors/app-error.ts';
import { accountNumberEntity, customerEntity } from '../customers/customer-entity.ts';
import type { Customer } from '../customers/customer-schema.ts';

export interface PortalAccess {
  userId: string;
  customerId: string;
}

export const portalAccessEntity = defineEntity<PortalAccess, PortalAccess>()({
  name: 'portal access',
  table: 'billing',
  key: ({ userId, customerId }) => ({ pk: ['PORTAL-USER', userId], sk: [customerId] }),
  indexes: { gsi1: ({ customerId, userId }) => ({ pk: ['PORTAL-USERS', customerId], sk: [userId] }) },
  idOf: ({ userId }) => userId,
});

/** More accounts than a family or a landlord has. */
export const maxAccountsOfUser = 50;

/** A user's accounts, the one linked first before the others. */
export async function accountsOfUser(session: TenantSession, userId: string): Promise<(PortalAccess & Stored)[]> {
  const { items } = await session.query<PortalAccess & Stored>(portalAccessEntity, {
    pk: ['PORTAL-USER', userId],
    limit: maxAccountsOfUser,
    consistent: true,
  });
  return items.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}

/**
 * The customer the caller acts for.
 * @param account number of one of the caller's accounts; without it the one linked first
 * @throws AppError `forbidden` for who has none; `not_found` for an account that is not the caller's, whether it exists or not
 */
export async function requireOwnCustomer(
  session: TenantSession,
  { kind, subject }: Principal,
  account?: string,
): Promise<Customer & Stored> {
  const own = kind === 'user' ? await accountsOfUser(session, subject) : [];
  const [first] = own;
  if (first === undefined)
    throw new AppError('forbidden', undefined, {
      texts: {
        en: 'You act for no account yet: link one with the account number of your bill.',
        ar: 'لم يُربط حسابك بعد بأي اشتراك: اربطه برقم الحساب المكتوب في فاتورتك.',
      },
    });
  if (account === undefined) return session.require(customerEntity, { id: first.customerId });
  const named = await session.get(accountNumberEntity, { accountNumber: account });
  if (!own.some(({ customerId }) => customerId === named?.customerId)) throw notFound('account', account);
  return session.require(customerEntity, { id: named!.customerId });
}
