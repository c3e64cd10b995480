/** What customers do with their own record, their linked accounts and their devices. */

import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import { refuseStale } from '../../../layers/kernel/crud/crud-operations.ts';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { confirmedAddresses } from '../../identity/contract.ts';
import { balancesOf } from '../accounts/show-account.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import type { Customer } from '../customers/customer-schema.ts';
import { subscriberUpdated } from '../events.ts';
import { listDevices, registerDevice, removeDevice } from '../push/push-devices.ts';
import { suppliesOfCustomer } from '../supplies/supply-entity.ts';
import { askForLink, confirmLink, linksOf, unlinkUser } from './link-account.ts';
import type { ownAccountRoutes } from './own-account-routes.ts';
import { requireOwnCustomer } from './portal-access.ts';

export const accountOperations: Operations<typeof ownAccountRoutes> = {
  getOwnCustomer: async ({ session, principal, query }) => {
    const customer = await requireOwnCustomer(session, principal, query.account);
    const [balances, supplies] = await Promise.all([
      balancesOf(session, customer.id),
      suppliesOfCustomer(session, customer.id),
    ]);
    const meters = supplies.map(({ id, meterId, mode, from, to }) => ({
      supplyId: id,
      meterId,
      mode,
      from,
      ...(to === undefined ? {} : { to }),
    }));
    return { data: { ...profileOf(customer), balances, meters } };
  },

  updateOwnCustomer: async (request) => ({ data: profileOf(await changeOwn(request)) }),

  getOwnPreferences: async ({ session, principal, query }) => ({
    data: preferencesOf(await requireOwnCustomer(session, principal, query.account)),
  }),

  updateOwnPreferences: async (request) => ({ data: preferencesOf(await changeOwn(request)) }),

  listOwnAccounts: async ({ session, principal }) => ({ data: await linksOf(session, principal.subject) }),
  requestAccountLink: async ({ session, principal, body, locale }) => ({
    data: await askForLink(session, principal, body.accountNumber, locale),
  }),
  confirmAccountLink: async ({ session, principal, body }) => ({
    data: await confirmLink(session, principal, body.accountNumber, body.code),
  }),
  unlinkAccount: async ({ session, principal, params }) => {
    await unlinkUser(session, principal.subject, params.customerId);
    return {};
  },

  listOwnDevices: async ({ session, principal }) => ({ data: await listDevices(session, principal.subject) }),
  registerOwnDevice: async ({ session, principal, body }) => ({ data: await registerDevice(session, principal, body) }),
  removeOwnDevice: async ({ session, principal, params }) => {
    await removeDevice(session, principal.subject, params.deviceId);
    return {};
  },
};

interface OwnChange {
  session: TenantSession;
  principal: Principal;
  query: { account?: string | undefined };
  body: Partial<Customer>;
  expectedVersion?: number | undefined;
}

/** Who did not say which version is changed is not refused because the utility changed another field at that moment. */
function changeOwn({ session, principal, query, body, expectedVersion }: OwnChange): Promise<Customer & Stored> {
  const change = async () => {
    const before = await requireOwnCustomer(session, principal, query.account);
    refuseStale(before, expectedVersion);
    await refuseUnconfirmed(session, principal.subject, before, body);
    return session.transact('billing', (unit) => {
      const changed = unit.update(customerEntity, before, body);
      unit.emit(subscriberUpdated, { aggregateId: before.id, payload: changed });
      return changed;
    });
  };
  return expectedVersion === undefined ? retryOnChange(change) : change();
}

/**
 * Codes and bills go to these addresses: a new one must be proven to be the user's.
 * @throws AppError `unprocessable`
 */
async function refuseUnconfirmed(
  session: TenantSession,
  userId: string,
  before: Customer,
  { phone, email }: Partial<Customer>,
): Promise<void> {
  const isNew = (phone !== undefined && phone !== before.phone) || (email !== undefined && email !== before.email);
  if (!isNew) return;
  const confirmed = await confirmedAddresses(session, userId);
  const isOwn = <T>(address: T | undefined, present: T | undefined, own: T | undefined): boolean =>
    address === undefined || address === present || address === own;
  if (
    isOwn(phone, before.phone, confirmed.phone) &&
    isOwn(email?.toLowerCase(), before.email?.toLowerCase(), confirmed.email)
  )
    return;
  throw new AppError('unprocessable', undefined, {
    texts: {
      en: 'Confirm the phone or e-mail as your own first: ask for a code at /api/auth/change-address.',
      ar: 'أكّد أولًا أن الهاتف أو البريد لك: اطلب رمزًا من ‎/api/auth/change-address.',
    },
  });
}

/** The utility's own notes are not the customer's to read. */
function profileOf(customer: Customer & Stored) {
  const { id, accountNumber, name, nameAr, type, phone, email, address, language, channels, status } = customer;
  const { version, createdAt, updatedAt } = customer;
  return {
    ...{ id, accountNumber, name, nameAr, type, phone, email, address, language, channels, status },
    ...{ version, createdAt, updatedAt },
  };
}

const preferencesOf = ({ language, channels, refusedChannels, refusedMessages }: Customer) => ({
  language,
  channels,
  refusedChannels: refusedChannels ?? [],
  refusedMessages: refusedMessages ?? [],
});
