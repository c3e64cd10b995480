/**
 * Makes the account of somebody who signed up by themselves, and says the same whether their address was free or not:
 * who has it hears by a message, and nobody else. Both ways try the same transaction and leave one message.
 */

import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { messageLocaleOf } from '../../../layers/kernel/messages/message-template.ts';
import { queueMessage } from '../messages/queue-message.ts';
import type { OtpPurpose } from '../one-time-codes/otp-fields.ts';
import type { CodeCaller } from '../one-time-codes/request-code.ts';
import { sessionOf } from '../security/acting-user.ts';
import { addUser } from '../users/add-user.ts';
import type { User } from '../users/user-entity.ts';

/** @param also what else belongs to the sign-up; a conflict of it is thrown, one of the user's names is not */
export async function addSignedUpUser(
  tenantId: string,
  user: User,
  caller: CodeCaller,
  also: (unit: UnitOfWork) => void = () => {},
): Promise<boolean> {
  const isAdded = await tryToAdd(tenantId, user, caller, also);
  const target = user.email ?? user.phone;
  if (target === undefined) throw new Error('Somebody who signs up has an address.');
  const common = {
    target,
    locale: messageLocaleOf(caller.headers['accept-language'], caller.locale),
    correlationId: caller.correlationId,
  };
  const isMail = user.email !== undefined;
  await queueMessage(
    isAdded
      ? {
          ...common,
          kind: 'code',
          requestId: newId('req'),
          channel: isMail ? 'EMAIL' : 'SMS',
          purpose: (isMail ? 'VERIFY_EMAIL' : 'VERIFY_PHONE') satisfies OtpPurpose,
        }
      : { ...common, kind: 'notice', notice: 'already_registered' },
  );
  return isAdded;
}

/** @returns false when one of the log-in names is taken; nothing is written then */
export async function tryToAdd(
  tenantId: string,
  user: User,
  caller: CodeCaller,
  also: (unit: UnitOfWork) => void = () => {},
): Promise<boolean> {
  try {
    await sessionOf(tenantId, user, caller).transact('identity', (unit) => {
      also(unit);
      addUser(unit, tenantId, user);
    });
    return true;
  } catch (error) {
    if (isAppError(error) && error.code === 'already_exists' && isLogInName(error.values['entity'])) return false;
    throw error;
  }
}

const isLogInName = (entity: unknown): boolean => entity === 'email' || entity === 'phone' || entity === 'username';
