/** Unifonic's SMS API. Success and failure are told in the body; a `CorrelationID` is only carried, it prevents nothing. */
import {
  type Delivery,
  defineProvider,
  type InboundRequest,
  type ProviderContext,
  ProviderError,
  type ProviderErrorCode,
} from '../../provider.ts';
import { type Effect, parseJson, reportedError } from '../../read-answer.ts';
import { at, optionalTextAt, textAt } from '../../read-path.ts';
import { restClient } from '../../rest-client.ts';
import { isSame, refuse } from '../../signatures.ts';
import { unifonicAbout } from './about.ts';

/** @see https://docs.unifonic.com/articles/products-documentation/understanding-reasons-of-sms-non-delivery/ */
const codes: Readonly<Record<string, ProviderErrorCode>> = {
  'ER-01': 'configuration',
  'ER-02': 'rejected',
  'ER-03': 'rejected',
  'ER-04': 'rejected',
  'ER-05': 'rejected',
  'ER-06': 'rejected',
  'ER-07': 'rejected',
  'ER-08': 'configuration',
  'ER-09': 'rejected',
};

const statuses: Readonly<Record<string, Delivery['status']>> = {
  queued: 'accepted',
  scheduled: 'accepted',
  sent: 'sent',
  delivered: 'delivered',
  undelivered: 'failed',
  rejected: 'failed',
  failed: 'failed',
};

export const unifonic = defineProvider({
  ...unifonicAbout,
  async check(context) {
    await post(context, '/rest/Account/GetBalance', {}, 'read');
  },
  operations: (context) => ({
    async send({ to, text, reference }) {
      const answer = await post(context, '/rest/SMS/messages', {
        SenderID: context.settings['sender_id'],
        // International form without 00 or +.
        Recipient: to.replace(/^\+/, ''),
        Body: text,
        responseType: 'JSON',
        CorrelationID: reference,
      });
      const status = statuses[textAt(answer, 'data.Status').toLowerCase()] ?? 'accepted';
      if (status === 'failed') throw new ProviderError('rejected', `The message is ${textAt(answer, 'data.Status')}.`);
      return { providerReference: textAt(answer, 'data.MessageID'), status };
    },
  }),
  inbound: async (context, request) => ({ events: [readReport(context, request)] }),
});

/** Reports are not signed; the address Unifonic was given holds a token that nobody else knows. */
function readReport(context: ProviderContext, request: InboundRequest) {
  const token = context.settings['callback_token'];
  if (!token) throw new ProviderError('configuration', 'callback_token is not set.');
  if (!isSame(token, request.query['token'])) refuse('The token in the address does not match.');
  const body = Buffer.from(request.rawBody).toString('utf8');
  const fields = parseJson(body) ?? Object.fromEntries(new URLSearchParams(body));
  const text = (...names: string[]) =>
    names.map((name) => optionalTextAt(fields, name)).find((value) => value !== undefined);
  const id = text('MessageID', 'messageId', 'messageid');
  const status = text('Status', 'status', 'event');
  if (id === undefined || status === undefined) refuse('The report names no message or no status.');
  return {
    id: `${id}-${status}`,
    type: 'delivery' as const,
    data: { providerReference: id, status: statuses[status.toLowerCase()] ?? 'accepted' },
  };
}

async function post(
  context: ProviderContext,
  path: string,
  form: Record<string, string | undefined>,
  effect: Effect = 'message',
): Promise<unknown> {
  const client = restClient(context, {
    baseUrl: context.settings['api_url']!,
    errorPaths: { code: ['errorCode'], message: ['message'] },
    codes,
  });
  const answer = await client.json({
    method: 'POST',
    path,
    effect,
    form: { AppSid: context.settings['app_sid'], ...form },
  });
  const success = at(answer, 'success');
  if (success === undefined)
    throw new ProviderError('unreadable_answer', 'The answer does not say whether it succeeded.');
  if (success !== true && success !== 'true')
    throw reportedError(optionalTextAt(answer, 'errorCode'), optionalTextAt(answer, 'message'), { codes });
  return answer;
}
