/**
 * Sends a message over WhatsApp, which outside of a conversation that the customer began delivers approved templates only: with
 * the PDF where a template with a document in its header is set for the message, else with the link to it, else as free text.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { sendWhatsApp, sendWhatsAppTemplate, uploadWhatsAppMedia } from '../../platform/contract.ts';
import { documentOf, readDocument } from '../documents/keep-document.ts';
import { customerMessageEntity } from './message-entity.ts';
import type { CustomerMessage } from './message-schema.ts';
import { readMessageSettings } from './message-settings.ts';
import { templateOf } from './templates/index.ts';

type StoredMessage = CustomerMessage & Stored;

export async function sendOverWhatsApp(session: TenantSession, message: StoredMessage, reference: string) {
  const { to, text, language, template, parameters = [], document } = message;
  const { whatsappTemplates, whatsappDocumentTemplates } = await readMessageSettings(session);
  const withDocument = document && whatsappDocumentTemplates[template];
  if (withDocument !== undefined) {
    const media = await uploaded(session, message, document!);
    return sendWhatsAppTemplate(
      session,
      {
        to: to!,
        template: withDocument,
        language,
        // Without the link: the document itself is there.
        parameters: parameters.slice(0, 1 + templateOf(template).values.length),
        document: { mediaId: media.id, filename: media.filename },
        reference,
      },
      { integrationId: media.integrationId },
    );
  }
  const approved = whatsappTemplates[template];
  return approved === undefined
    ? sendWhatsApp(session, { to: to!, text, reference })
    : sendWhatsAppTemplate(session, { to: to!, template: approved, language, parameters, reference });
}

/** What was uploaded is written down first: a further try must be the same request to be recognised. */
async function uploaded(
  session: TenantSession,
  message: StoredMessage,
  document: NonNullable<CustomerMessage['document']>,
): Promise<NonNullable<CustomerMessage['media']>> {
  if (message.media?.tries === message.tries) return message.media;
  const kept = await documentOf(session, document, message.language);
  const { filename } = kept;
  const { value, integrationId } = await uploadWhatsAppMedia(session, {
    contentType: 'application/pdf',
    filename,
    content: await readDocument(kept),
  });
  const media = { id: value.mediaId, filename, integrationId, tries: message.tries };
  await session.transact('billing', (unit) =>
    unit.update(customerMessageEntity, message, { media }, { isAudited: false }),
  );
  return media;
}
