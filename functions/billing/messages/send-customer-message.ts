/**
 * Sends one message through the tenant's providers. It may be called as often as the queue likes: a message that is sent is
 * left alone, and a provider is asked with a reference of this try, which the platform carries out once.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { sendEmailMessage, sendSms } from '../../platform/contract.ts';
import { documentOf, readDocument } from '../documents/keep-document.ts';
import { pushToUsers } from '../push/push-to-users.ts';
import { usersOfCustomer } from '../push/users-of-customer.ts';
import { isOutdated } from './is-outdated.ts';
import { judgeFailure } from './judge-failure.ts';
import { customerMessageEntity } from './message-entity.ts';
import type { CustomerMessage } from './message-schema.ts';
import { noteSent } from './note-report.ts';
import { sendOverWhatsApp } from './send-over-whatsapp.ts';

type StoredMessage = CustomerMessage & Stored;

export interface SendOrder {
  tenantId: string;
  messageId: string;
  /** Whether nobody will ask again: what fails now has failed. */
  isLastTry: boolean;
  correlationId: string;
}

/**
 * @returns after how many seconds it is to be asked for again, where no provider could take it for now
 * @throws whatever kept it from being sent otherwise
 */
export async function sendCustomerMessage(order: SendOrder): Promise<number | undefined> {
  const { tenantId, messageId, isLastTry, correlationId } = order;
  const session = openSession(tenantId, { correlationId });
  const message = await session.require(customerMessageEntity, { id: messageId });
  if (message.status !== 'queued') return undefined;
  if (await isOutdated(session, message)) return void (await end(session, messageId, 'skipped', 'outdated'));
  try {
    const sent = await send(session, message);
    if (sent === undefined)
      return void (await end(session, messageId, 'failed', 'no_address', 'No device takes push messages.'));
    const { value, integrationId, provider } = sent;
    const { providerReference, status } = value;
    await noteSent(session, messageId, { integrationId, providerReference }, { status, provider });
  } catch (error) {
    // All of it was cancelled while the message waited.
    if (message.document?.kind === 'collective_bill' && isAppError(error) && error.code === 'not_found')
      return void (await end(session, messageId, 'skipped', 'outdated'));
    const verdict = judgeFailure(error, message, Date.parse(session.context.now()), isLastTry);
    if (verdict === undefined) throw error;
    if ('againAfterSeconds' in verdict) return verdict.againAfterSeconds;
    await end(session, messageId, 'failed', verdict.reason, verdict.detail);
  }
  return undefined;
}

async function end(
  session: TenantSession,
  id: string,
  status: 'failed' | 'skipped',
  reason: NonNullable<CustomerMessage['reason']>,
  detail?: string,
): Promise<void> {
  const message = await session.require(customerMessageEntity, { id });
  if (message.status !== 'queued') return;
  const changes = { status, reason, ...(detail === undefined ? {} : { detail: detail.slice(0, 500) }) };
  await session.transact('billing', (unit) =>
    unit.update(customerMessageEntity, message, changes, { isAudited: false }),
  );
}

async function send(session: TenantSession, message: StoredMessage) {
  const { id, channel, to, text, subject, html, document, language, tries } = message;
  const { customerId, template, aboutId, notice } = message;
  const reference = `${id}-${tries}`;
  switch (channel) {
    case 'sms':
      return sendSms(session, { to: to!, text, reference });
    case 'whatsapp':
      return sendOverWhatsApp(session, message, reference);
    case 'email': {
      const kept = document && (await documentOf(session, document, language));
      return sendEmailMessage(session, {
        to: [to!],
        subject: subject!,
        text,
        ...(html === undefined ? {} : { html }),
        ...(kept === undefined
          ? {}
          : {
              attachments: [
                { filename: kept.filename, contentType: 'application/pdf', content: await readDocument(kept) },
              ],
            }),
        reference,
      });
    }
    case 'push':
      return pushToUsers(session, {
        userIds: await usersOfCustomer(session, customerId),
        notice: notice!,
        data: { template, ...(aboutId === undefined ? {} : { aboutId }) },
        reference,
      });
    default:
      return channel satisfies never;
  }
}
