/**
 * Behind the queue: makes the code, keeps its hash, and sends it to who may have it. For whoever may not, a code is made
 * all the same and told to nobody, so that checking codes later is as much work and says as little.
 */
import { randomInt } from 'node:crypto';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { openGlobalSession, openSession } from '../../../layers/kernel/data/session.ts';
import { updateAtomically } from '../../../layers/kernel/data/update-atomically.ts';
import type { MessageTemplate } from '../../../layers/kernel/messages/message-template.ts';
import { type FoundUser, findUser } from '../log-in-names/find-user.ts';
import type { CodeMessage } from '../messages/queue-message.ts';
import { alreadyRegistered, codeTemplate } from '../messages/templates.ts';
import { writeTo } from '../messages/write-to.ts';
import { tenantEntity } from '../tenants/tenant-entity.ts';
import type { User } from '../users/user-entity.ts';
import { hashCode } from './code-hash.ts';
import { codeSeconds, maxCodeAttempts, type Otp, otpEntity } from './otp-entity.ts';
import type { OtpChannel } from './otp-fields.ts';

/** A code that was sent this short ago is not replaced: two requests at once must not make the first code wrong. */
const resendSeconds = 30;

export async function issueCode(message: CodeMessage): Promise<void> {
  const { target, channel, purpose, requestId: id, locale } = message;
  const session = openGlobalSession();
  const before = await session.get(otpEntity, { target, channel, purpose }, { consistent: true });
  if (before && isFresh(before, id)) return;
  const [found, code] = [await findUser(target), String(randomInt(1_000_000)).padStart(6, '0')];
  const about = purpose === 'CHANGE_ADDRESS' ? message : { tenantId: found?.tenantId, userId: found?.user.id };
  const otp: Otp = {
    id,
    target,
    channel,
    purpose,
    ...(await hashCode({ target, channel, purpose }, code)),
    validUntil: Date.now() + codeSeconds * 1000,
    attempts: 0,
    maxAttempts: maxCodeAttempts,
    verified: false,
    spent: false,
    ...(about.tenantId === undefined ? {} : { tenantId: about.tenantId }),
    ...(about.userId === undefined ? {} : { userId: about.userId }),
  };
  await session.transact('identity', (unit) => unit.put(otpEntity, otp));
  const template = await templateFor(message, found);
  const values = { code, minutes: String(codeSeconds / 60) };
  if (template) await writeTo(target, found?.user.locale ?? locale, template, values);
  await updateAtomically(
    session,
    otpEntity,
    { target, channel, purpose },
    { update: 'SET sentAt = :now', condition: 'id = :id', values: { ':now': new Date().toISOString(), ':id': id } },
  );
}

/** Whether this message was carried out, or another just before it. One whose sending failed is made anew. */
function isFresh(before: Otp & Stored, requestId: string): boolean {
  if (before.sentAt === undefined) return false;
  if (before.id === requestId) return true;
  return !before.spent && Date.parse(before.sentAt) > Date.now() - resendSeconds * 1000;
}

/** What the target is written, if anything. */
async function templateFor(
  { purpose, channel }: CodeMessage,
  found: FoundUser | undefined,
): Promise<MessageTemplate | undefined> {
  const code = codeTemplate(purpose);
  const { user } = found ?? {};
  switch (purpose) {
    case 'REGISTER':
    case 'CHANGE_ADDRESS':
      return found ? alreadyRegistered : code;
    case 'LOGIN':
      return found && mayReceive(found.user, channel) && (await mayLogInByCode(found)) ? code : undefined;
    case 'RESET_PASSWORD':
      return user?.status === 'active' && mayReceive(user, channel) ? code : undefined;
    case 'VERIFY_EMAIL':
      return channel === 'EMAIL' && isWanted(user) && user.emailVerifiedAt === undefined ? code : undefined;
    case 'VERIFY_PHONE':
      return channel === 'SMS' && isWanted(user) && user.phoneVerifiedAt === undefined ? code : undefined;
    default:
      return purpose satisfies never;
  }
}

const isWanted = (user: User | undefined): user is User => user?.status === 'active' || user?.status === 'pending';

async function mayLogInByCode({ tenantId, user }: FoundUser): Promise<boolean> {
  if (user.status !== 'active') return false;
  const tenant = await openSession(tenantId).get(tenantEntity, { id: tenantId });
  return tenant?.status === 'active' && tenant.logInByCode === true;
}

/**
 * Whether codes that open the account may go this way. An address that was never confirmed may belong to somebody else
 * than the account; it is trusted as long as no other address of the account was confirmed.
 */
function mayReceive(user: User, channel: OtpChannel): boolean {
  const [own, other] =
    channel === 'EMAIL' ? [user.emailVerifiedAt, user.phoneVerifiedAt] : [user.phoneVerifiedAt, user.emailVerifiedAt];
  return own !== undefined || other === undefined;
}
