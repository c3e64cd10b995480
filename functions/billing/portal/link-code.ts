/**
 * Codes that prove that somebody has the phone of an account. A code is made behind the queue for every number that is asked
 * for, also where no account has it: asking, trying and waiting say nothing of which accounts there are.
 */
import { createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { tableName } from '../../../layers/kernel/config/resource-names.ts';
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { storageKeys } from '../../../layers/kernel/data/storage-keys.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { updateAtomically } from '../../../layers/kernel/data/update-atomically.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { sendText } from '../../../layers/kernel/messages/send-text.ts';
import { openText, sealText } from '../../../layers/kernel/secrets/sealed-text.ts';
import { accountNumberEntity, customerEntity } from '../customers/customer-entity.ts';

export const linkCodeQueue = 'portal-link-codes';
export const linkCodeSeconds = 600;
const maxTries = 5;
/** A code that went out this short ago is not replaced. */
const resendMs = 30_000;

interface LinkCodeKey {
  userId: string;
  accountNumber: string;
}

interface LinkCode extends LinkCodeKey {
  requestId: string;
  /** Missing where no account has the number, or none with a phone: no code fits then. */
  customerId?: string;
  hash: string;
  sealedSecret: string;
  /** Milliseconds since the epoch. */
  validUntil: number;
  tries: number;
  spent: boolean;
  sentAt?: number;
}

const linkCodeEntity = defineEntity<LinkCode, LinkCodeKey>()({
  name: 'link code',
  table: 'billing',
  key: ({ userId, accountNumber }) => ({ pk: ['LINK-CODE', userId, accountNumber], sk: ['LINK-CODE'] }),
  idOf: ({ accountNumber }) => accountNumber,
  expiresAt: ({ validUntil }) => Math.ceil(validUntil / 1000) + 3600,
  secretAttributes: ['hash', 'sealedSecret'],
});

export interface LinkCodeOrder extends LinkCodeKey {
  tenantId: string;
  requestId: string;
}

const hashOf = (secret: string, { userId, accountNumber }: LinkCodeKey, code: string): Buffer =>
  createHmac('sha256', secret)
    .update(JSON.stringify([userId, accountNumber, code]))
    .digest();
const contextOf = (tenantId: string, { userId }: LinkCodeKey) => ({ use: 'portal-link', tenantId, userId });

/** Makes a code and sends it to the phone of the account, in the customer's language. May be repeated. */
export async function sendLinkCode({ tenantId, requestId, userId, accountNumber }: LinkCodeOrder): Promise<void> {
  const session = openSession(tenantId);
  const key = { userId, accountNumber };
  const before = await session.get(linkCodeEntity, key, { consistent: true });
  const now = Date.parse(session.context.now());
  if (before?.sentAt !== undefined && (before.requestId === requestId || before.sentAt > now - resendMs)) return;
  const account = await session.get(accountNumberEntity, { accountNumber });
  const customer = account && (await session.get(customerEntity, { id: account.customerId }));
  const secret = randomBytes(32).toString('base64url');
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  const row: LinkCode = {
    ...key,
    requestId,
    ...(customer?.phone === undefined ? {} : { customerId: customer.id }),
    hash: hashOf(secret, key, code).toString('base64'),
    sealedSecret: await sealText('secrets', contextOf(tenantId, key), secret),
    validUntil: now + linkCodeSeconds * 1000,
    tries: 0,
    spent: false,
  };
  await session.transact('billing', (unit) => unit.put(linkCodeEntity, row));
  if (customer?.phone !== undefined)
    await sendText({ to: customer.phone, text: textOf(code, customer.accountNumber, customer.language) });
  await updateAtomically(session, linkCodeEntity, key, {
    update: 'SET sentAt = :now',
    condition: 'requestId = :id',
    values: { ':now': now, ':id': requestId },
  });
}

const textOf = (code: string, account: string, language: 'ar' | 'en'): string =>
  language === 'ar'
    ? `${code} رمز ربط حساب الكهرباء ${account}. إن لم تطلبه فلا تعطه لأحد.`
    : `${code} links electricity account ${account}. If you did not ask for it, give it to nobody.`;

interface RightCode {
  customerId: string;
  /** With the link, in its transaction: a code is never spent for nothing, and never twice. */
  spend: (unit: UnitOfWork) => void;
}

/**
 * The try is counted before the code is looked at, so that many at once get no more tries than one after the other.
 * @throws AppError `invalid_code` whatever is wrong
 */
export async function checkLinkCode(session: TenantSession, key: LinkCodeKey, code: string): Promise<RightCode> {
  const now = Date.parse(session.context.now());
  const row = (await updateAtomically(session, linkCodeEntity, key, {
    update: 'SET tries = tries + :one',
    condition: 'tries < :most AND validUntil > :now AND spent = :no',
    values: { ':one': 1, ':most': maxTries, ':now': now, ':no': false },
  })) as (LinkCode & Stored) | undefined;
  if (row === undefined) throw new AppError('invalid_code');
  const secret = await openText('secrets', contextOf(session.tenantId, key), row.sealedSecret);
  const isRight = timingSafeEqual(hashOf(secret, key, code), Buffer.from(row.hash, 'base64'));
  if (!isRight || row.customerId === undefined) throw new AppError('invalid_code');
  const { key: stored } = storageKeys(session.context.scope, { ...linkCodeEntity, indexes: {} }, row);
  return {
    customerId: row.customerId,
    spend: (unit) =>
      unit.step(
        {
          Update: {
            TableName: tableName(linkCodeEntity.table),
            Key: stored,
            UpdateExpression: 'SET spent = :yes',
            ConditionExpression: 'requestId = :id AND spent = :no',
            ExpressionAttributeValues: { ':yes': true, ':no': false, ':id': row.requestId },
          },
        },
        () => new AppError('invalid_code'),
      ),
  };
}
