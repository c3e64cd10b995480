/** Users link themselves to accounts by the phone the utility has of them, as many as they have, and unlink again. */
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import { countRequest } from '../../../layers/kernel/auth/rate-limit.ts';
import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Locale } from '../../../layers/kernel/i18n/locale.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import { checkLinkCode, linkCodeQueue, linkCodeSeconds } from './link-code.ts';
import { accountsOfUser, maxAccountsOfUser, portalAccessEntity } from './portal-access.ts';

const asksOfUser = { perMinute: 3, perDay: 20 };
/** Whoever asks: a phone is not flooded from many log-ins. */
const asksForAccount = { perMinute: 3, perDay: 12 };
const triesOfUser = { perMinute: 10, perDay: 60 };

/** @throws AppError `rate_limited`; nothing that depends on whether the account exists */
export async function askForLink(session: TenantSession, principal: Principal, accountNumber: string, locale: Locale) {
  const userId = requirePerson(principal);
  await countRequest(session.tenantId, `link-ask ${userId}`, asksOfUser, Date.now());
  await countRequest(session.tenantId, `link-ask-account ${accountNumber}`, asksForAccount, Date.now());
  const order = { tenantId: session.tenantId, requestId: newId('req'), userId, accountNumber };
  await sendMessages(linkCodeQueue, [{ body: JSON.stringify(order) }]);
  return {
    message: {
      en: 'If the account exists and has a phone, a code is on its way to it.',
      ar: 'إن كان الحساب موجودًا وله هاتف مسجّل فالرمز في طريقه إليه.',
    }[locale],
    expiresInSeconds: linkCodeSeconds,
  };
}

/** @throws AppError `invalid_code`, `rate_limited`; `conflict` for too many accounts */
export async function confirmLink(session: TenantSession, principal: Principal, accountNumber: string, code: string) {
  const userId = requirePerson(principal);
  await countRequest(session.tenantId, `link-try ${userId}`, triesOfUser, Date.now());
  if ((await accountsOfUser(session, userId)).length >= maxAccountsOfUser)
    throw new AppError('conflict', undefined, {
      texts: {
        en: `A user has at most ${maxAccountsOfUser} accounts.`,
        ar: `للمستخدم ${maxAccountsOfUser} حسابًا على الأكثر.`,
      },
    });
  const { customerId, spend } = await checkLinkCode(session, { userId, accountNumber }, code);
  await linkUser(session, userId, customerId, spend);
  return (await linksOf(session, userId)).find((link) => link.customerId === customerId)!;
}

/** Makes the link, or leaves it as it is. @param also what its transaction writes besides, in either case */
export async function linkUser(
  session: TenantSession,
  userId: string,
  customerId: string,
  also?: (unit: UnitOfWork) => void,
): Promise<void> {
  await retryOnChangeOrMade(async () => {
    const present = await session.get(portalAccessEntity, { userId, customerId }, { consistent: true });
    if (present !== undefined && also === undefined) return;
    await session.transact('billing', (unit) => {
      if (present === undefined) unit.create(portalAccessEntity, { userId, customerId });
      also?.(unit);
    });
  });
}

/** @throws AppError `not_found` */
export async function unlinkUser(session: TenantSession, userId: string, customerId: string): Promise<void> {
  const access = await session.require(portalAccessEntity, { userId, customerId });
  await session.transact('billing', (unit) => unit.delete(portalAccessEntity, access));
}

/** Whom a user acts for. */
export async function linksOf(session: TenantSession, userId: string) {
  const own = await accountsOfUser(session, userId);
  const customers = await session.getMany(
    customerEntity,
    own.map(({ customerId }) => ({ id: customerId })),
  );
  const byId = new Map(customers.map((customer) => [customer.id, customer]));
  return own.flatMap(({ customerId, createdAt }, i) => {
    const customer = byId.get(customerId);
    if (customer === undefined) return [];
    const { accountNumber, name } = customer;
    return [{ customerId, accountNumber, name, isDefault: i === 0, linkedAt: createdAt }];
  });
}

function requirePerson({ kind, subject }: Principal): string {
  if (kind !== 'user')
    throw new AppError('forbidden', undefined, {
      texts: { en: 'Only a person who is logged in can do this.', ar: 'هذا متاح لشخص سجّل دخوله فقط.' },
    });
  return subject;
}
