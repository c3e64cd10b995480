/** Twilio's Messages resource. It has no idempotency key: a message whose answer was lost may have been sent. */
import { createHash } from 'node:crypto';
import {
  type Delivery,
  defineProvider,
  type InboundEvent,
  type InboundRequest,
  type ProviderContext,
} from '../../provider.ts';
import { textAt } from '../../read-path.ts';
import { basicAuth, type RestClient, restClient } from '../../rest-client.ts';
import { hmac, isSame, refuse, requireSignature } from '../../signatures.ts';
import { twilioAbout } from './about.ts';

export const twilio = defineProvider({
  ...twilioAbout,
  async check(context) {
    await clientOf(context).json({ method: 'GET', path: '.json', effect: 'read' });
  },
  operations: (context) => {
    const client = clientOf(context);
    const { settings } = context;
    return {
      send: async ({ to, text }) => {
        const from = settings['from_number']!;
        return deliveryOf(
          await client.json({
            method: 'POST',
            path: '/Messages.json',
            effect: 'message',
            form: {
              To: to,
              Body: text,
              ...(from.startsWith('MG') ? { MessagingServiceSid: from } : { From: from }),
              StatusCallback: settings['status_callback'],
            },
          }),
        );
      },
      status: async (sid) =>
        deliveryOf(
          await client.json({ method: 'GET', path: `/Messages/${encodeURIComponent(sid)}.json`, effect: 'read' }),
        ),
    };
  },
  inbound: async (context, request) => ({
    events: [readEvent(context, request)],
    // TwiML that says nothing back.
    answer: { status: 200, body: '<Response/>', contentType: 'text/xml' },
  }),
});

const clientOf = (context: ProviderContext): RestClient =>
  restClient(context, {
    // The account is part of every path; `.json` is the account itself.
    baseUrl: `${context.settings['api_url']!.replace(/\/+$/, '')}/2010-04-01/Accounts/${context.settings['account_sid']}`,
    headers: () => ({ authorization: basicAuth(context.settings['account_sid']!, context.settings['auth_token']!) }),
    errorPaths: { code: ['code'], message: ['message'] },
    // https://www.twilio.com/docs/api/errors
    codes: {
      20003: 'configuration',
      // The account, or the service that is to send, is not there.
      20404: 'configuration',
      21701: 'configuration',
      21703: 'configuration',
      14107: 'rate_limited',
      20429: 'rate_limited',
      // Ten hours of messages wait already.
      21611: 'rate_limited',
      63038: 'rate_limited',
      // What the account may not yet: a country, or with a trial account a number. It tells them with 403.
      21408: 'configuration',
      21608: 'configuration',
      // The sender is not the account's, or takes no part in SMS.
      21212: 'configuration',
      21601: 'configuration',
      21606: 'configuration',
      21659: 'configuration',
      21660: 'configuration',
      21211: 'rejected',
      21610: 'rejected',
      21612: 'rejected',
      21614: 'rejected',
    },
  });

/** @see https://www.twilio.com/docs/messaging/api/message-resource#message-status-values */
const statuses: Readonly<Record<string, Delivery['status']>> = {
  accepted: 'accepted',
  scheduled: 'accepted',
  queued: 'accepted',
  sending: 'sent',
  sent: 'sent',
  delivered: 'delivered',
  read: 'delivered',
  undelivered: 'failed',
  failed: 'failed',
  canceled: 'failed',
};

function deliveryOf(message: unknown): Delivery {
  return { providerReference: textAt(message, 'sid'), status: statuses[textAt(message, 'status')] ?? 'accepted' };
}

/** @see https://www.twilio.com/docs/usage/security#validating-requests */
function readEvent(context: ProviderContext, request: InboundRequest): InboundEvent {
  const body = Buffer.from(request.rawBody).toString('utf8');
  const isForm = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  const fields = isForm ? new URLSearchParams(body) : new URLSearchParams();
  const names = [...new Set(fields.keys())].sort();
  const content = request.url + names.map((name) => name + fields.getAll(name).join('')).join('');
  requireSignature(hmac('sha1', context.settings['auth_token'], content, 'base64'), [
    request.headers['x-twilio-signature'],
  ]);
  if (!isForm) {
    const digest = createHash('sha256').update(request.rawBody).digest('hex');
    if (!isSame(digest, new URL(request.url).searchParams.get('bodySHA256') ?? undefined))
      refuse('The body was changed.');
    refuse('The notification is not a form.');
  }
  const sid = fields.get('MessageSid') ?? fields.get('SmsSid');
  if (sid === null) refuse('The notification names no message.');
  const status = fields.get('MessageStatus');
  if (status === null)
    return {
      id: sid,
      type: 'message',
      data: { providerReference: sid, from: fields.get('From'), to: fields.get('To'), text: fields.get('Body') },
    };
  return {
    id: `${sid}-${status}`,
    type: 'delivery',
    data: {
      providerReference: sid,
      status: statuses[status] ?? 'accepted',
      ...(fields.has('ErrorCode') ? { providerCode: fields.get('ErrorCode') } : {}),
    },
  };
}
