/**
 * WhatsApp's notifications: the handshake with the verify token, messages of customers, and statuses of ours.
 * @see https://developers.facebook.com/docs/graph-api/webhooks/getting-started
 */
import { type InboundEvent, type InboundRequest, type ProviderContext, ProviderError } from '../../provider.ts';
import { parseJson } from '../../read-answer.ts';
import { at, listAt, optionalTextAt, textAt } from '../../read-path.ts';
import { hmac, isSame, refuse, requireSignature } from '../../signatures.ts';

export function readWhatsappEvents(
  context: ProviderContext,
  request: InboundRequest,
): { events: InboundEvent[]; answer?: { status: number; body: string; contentType?: string } } {
  if (request.method === 'GET') return { events: [], answer: shakeHands(context, request) };
  const expected = hmac('sha256', context.settings['app_secret'], request.rawBody, 'hex');
  requireSignature(`sha256=${expected}`, [request.headers['x-hub-signature-256']]);
  const body = parseJson(Buffer.from(request.rawBody).toString('utf8'));
  if (body === undefined) refuse('The notification is not JSON.');
  const values = listAt(body, 'entry')
    .flatMap((entry) => listAt(entry, 'changes'))
    .map((change) => at(change, 'value'));
  return { events: values.flatMap((value) => [...listAt(value, 'statuses').map(statusEvent), ...messagesOf(value)]) };
}

function shakeHands(
  { settings }: ProviderContext,
  { query }: InboundRequest,
): { status: number; body: string; contentType: string } {
  const isKnown = isSame(settings['webhook_verify_token']!, query['hub.verify_token']);
  const challenge = query['hub.challenge'];
  if (query['hub.mode'] !== 'subscribe' || !isKnown || challenge === undefined)
    refuse('The verify token does not match.');
  // Given back as text of digits and letters alone: this answer must never become a page.
  if (!/^[\w-]{1,200}$/.test(challenge)) refuse('The challenge is not one.');
  return { status: 200, body: challenge, contentType: 'text/plain' };
}

const statuses: Readonly<Record<string, string>> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'delivered',
  failed: 'failed',
};

function statusEvent(status: unknown): InboundEvent {
  const id = textAt(status, 'id');
  const name = textAt(status, 'status');
  return {
    id: `${id}-${name}`,
    type: 'delivery',
    occurredAt: timeOf(status),
    data: {
      providerReference: id,
      status: statuses[name] ?? 'accepted',
      isRead: name === 'read',
      recipient: optionalTextAt(status, 'recipient_id'),
      reference: optionalTextAt(status, 'biz_opaque_callback_data'),
      providerCode: optionalTextAt(status, 'errors[0].code'),
    },
  };
}

function messagesOf(value: unknown): InboundEvent[] {
  return listAt(value, 'messages').map((message) => {
    const kind = textAt(message, 'type');
    return {
      id: textAt(message, 'id'),
      type: 'message',
      occurredAt: timeOf(message),
      data: {
        from: `+${textAt(message, 'from')}`,
        phoneNumberId: optionalTextAt(value, 'metadata.phone_number_id'),
        kind,
        name: optionalTextAt(value, 'contacts[0].profile.name'),
        text:
          optionalTextAt(message, 'text.body') ??
          optionalTextAt(message, 'button.text') ??
          optionalTextAt(message, 'interactive.button_reply.title') ??
          optionalTextAt(message, `${kind}.caption`),
        mediaId: optionalTextAt(message, `${kind}.id`),
        inReplyTo: optionalTextAt(message, 'context.id'),
      },
    };
  });
}

/** Seconds since the epoch, as text. */
function timeOf(item: unknown): string {
  const seconds = Number(textAt(item, 'timestamp'));
  if (!Number.isFinite(seconds)) throw new ProviderError('rejected', 'The notification has no time.');
  return new Date(seconds * 1000).toISOString();
}
