/**
 * Sends one message through the tenant's providers. It may be called as often as the queue likes: a message that is sent is
 * left alone, and a provider is asked with a reference of this try, which the platform carries out once.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { sendEmailMessage, sendSms, sendWhatsApp, sendWhatsAppTemplate } from '../../platform/contract.ts';
import { documentOf, readDocument } from '../documents/keep-document.ts';
import { customerMessageEntity, sentMessageEntity } from './message-entity.ts';
import type { CustomerMessage } from './message-schema.ts';
import { readMessageSettings } from './message-settings.ts';

type StoredMessage = CustomerMessage & Stored;

/** Reports of a delivery come within days. */
const reportsKeptSeconds = 90 * 86_400;

export interface SendOrder {
  tenantId: string;
  messageId: string;
  /** Whether nobody will ask again: what fails now has failed. */
  isLastTry: boolean;
  correlationId: string;
}

/** @throws whatever kept it from being sent for now */
export async function sendCustomerMessage({ tenantId, messageId, isLastTry, correlationId }: SendOrder): Promise<void> {
  const session = openSession(tenantId, { correlationId });
  const message = await session.require(customerMessageEntity, { id: messageId });
  if (message.status !== 'queued') return;
  try {
    const { value, integrationId, provider } = await send(session, message);
    const now = session.context.now();
    await session.transact('billing', (unit) => {
      unit.update(
        customerMessageEntity,
        message,
        { status: value.status === 'delivered' ? 'delivered' : 'sent', sentAt: now, provider },
        { isAudited: false },
      );
      unit.put(sentMessageEntity, {
        integrationId,
        providerReference: value.providerReference,
        messageId,
        retainUntil: Math.floor(Date.parse(now) / 1000) + reportsKeptSeconds,
      });
    });
  } catch (error) {
    const reason = reasonOf(error, isLastTry);
    if (reason === undefined) throw error;
    await session.transact('billing', (unit) =>
      unit.update(
        customerMessageEntity,
        message,
        { status: 'failed', reason, detail: (error as Error).message.slice(0, 500) },
        { isAudited: false },
      ),
    );
  }
}

async function send(session: TenantSession, message: StoredMessage) {
  const { id, channel, to, text, subject, html, document, language, tries, template, parameters } = message;
  const reference = `${id}-${tries}`;
  switch (channel) {
    case 'sms':
      return sendSms(session, { to: to!, text, reference });
    case 'whatsapp': {
      // Outside of a conversation the customer began, WhatsApp delivers approved templates only.
      const approved = (await readMessageSettings(session)).whatsappTemplates[template];
      return approved === undefined
        ? sendWhatsApp(session, { to: to!, text, reference })
        : sendWhatsAppTemplate(session, {
            to: to!,
            template: approved,
            language,
            parameters: parameters ?? [],
            reference,
          });
    }
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
    default:
      return channel satisfies never;
  }
}

/** Why it has failed for good; undefined where another try may help. */
function reasonOf(error: unknown, isLastTry: boolean): CustomerMessage['reason'] {
  if (!isAppError(error)) return isLastTry ? 'unreachable' : undefined;
  if (error.code === 'unprocessable') return 'not_configured';
  if (error.code === 'all_providers_failed') {
    const details = error.details ?? [];
    if (details.length > 0 && details.every(({ message }) => /: rejected: /.test(message))) return 'rejected';
  }
  return isLastTry ? 'unreachable' : undefined;
}
