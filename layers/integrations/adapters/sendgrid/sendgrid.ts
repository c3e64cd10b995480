/** SendGrid's mail send, version 3, and its signed event webhook. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { address } from '../../mime-message.ts';
import {
  defineProvider,
  type EmailMessage,
  type InboundEvent,
  type InboundRequest,
  type ProviderContext,
  ProviderError,
} from '../../provider.ts';
import { parseJson } from '../../read-answer.ts';
import { optionalTextAt, textAt } from '../../read-path.ts';
import { type RestClient, restClient } from '../../rest-client.ts';
import { readTimestamp, refuse, requireRecent } from '../../signatures.ts';
import { sendgridAbout } from './about.ts';

export const sendgrid = defineProvider({
  ...sendgridAbout,
  async check(context) {
    await clientOf(context).json({ method: 'GET', path: '/v3/scopes', effect: 'read' });
  },
  operations: (context) => ({
    async send(message) {
      const { headers } = await clientOf(context).text({
        method: 'POST',
        path: '/v3/mail/send',
        effect: 'message',
        json: mailOf(message, context.settings),
      });
      const id = headers['x-message-id'];
      if (id === undefined) throw new ProviderError('unreadable_answer', 'The answer has no x-message-id.');
      return { providerReference: id, status: 'accepted' };
    },
  }),
  inbound: async (context, request) => ({ events: readEvents(context, request) }),
});

const clientOf = (context: ProviderContext): RestClient =>
  restClient(context, {
    baseUrl: context.settings['api_url']!,
    headers: () => ({ authorization: `Bearer ${context.settings['api_key']}` }),
    errorPaths: { code: ['errors[0].error_id', 'errors[0].field'], message: ['errors[0].message'] },
  });

function mailOf(message: EmailMessage, settings: ProviderContext['settings']): unknown {
  const people = (list: readonly string[]) => list.map((email) => ({ email: address(email) }));
  return {
    personalizations: [
      {
        to: people(message.to),
        ...(message.cc?.length ? { cc: people(message.cc) } : {}),
        custom_args: { reference: message.reference },
      },
    ],
    from: { email: settings['from_email'], ...(settings['from_name'] ? { name: settings['from_name'] } : {}) },
    ...(message.replyTo ? { reply_to: { email: address(message.replyTo) } } : {}),
    subject: message.subject,
    // Plain text must come first.
    content: [
      { type: 'text/plain', value: message.text },
      ...(message.html === undefined ? [] : [{ type: 'text/html', value: message.html }]),
    ],
    ...(message.attachments?.length
      ? {
          attachments: message.attachments.map(({ filename, contentType, content }) => ({
            filename,
            type: contentType,
            content: Buffer.from(content).toString('base64'),
            disposition: 'attachment',
          })),
        }
      : {}),
  };
}

const statuses: Readonly<Record<string, string>> = {
  processed: 'sent',
  deferred: 'sent',
  delivered: 'delivered',
  bounce: 'failed',
  dropped: 'failed',
};

/** @see https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features */
function readEvents(context: ProviderContext, request: InboundRequest): InboundEvent[] {
  const timestamp = request.headers['x-twilio-email-event-webhook-timestamp'] ?? '';
  const signature = request.headers['x-twilio-email-event-webhook-signature'] ?? '';
  const signed = Buffer.concat([Buffer.from(timestamp), request.rawBody]);
  const key = publicKeyOf(context.settings['webhook_public_key']);
  if (!verify('sha256', signed, key, Buffer.from(signature, 'base64'))) refuse('The signature does not match.');
  requireRecent(readTimestamp(timestamp), context.now());
  const events = parseJson(Buffer.from(request.rawBody).toString('utf8'));
  if (!Array.isArray(events)) refuse('The notification is no list of events.');
  return events.map((event) => {
    const name = textAt(event, 'event');
    const status = statuses[name];
    return {
      id: textAt(event, 'sg_event_id'),
      type: status === undefined ? 'other' : 'delivery',
      occurredAt: new Date(Number(textAt(event, 'timestamp')) * 1000).toISOString(),
      data: {
        event: name,
        // The message id we were given, and what SendGrid appends to it.
        providerReference: textAt(event, 'sg_message_id').split('.')[0],
        reference: optionalTextAt(event, 'reference'),
        recipient: optionalTextAt(event, 'email'),
        ...(status === undefined ? {} : { status }),
      },
    };
  });
}

function publicKeyOf(text: string | undefined): KeyObject {
  if (!text) throw new ProviderError('configuration', 'webhook_public_key is not set.');
  try {
    return createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
  } catch (cause) {
    throw new ProviderError('configuration', 'webhook_public_key is no public key.', { cause });
  }
}
