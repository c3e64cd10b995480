/** Kavenegar's REST interface. The key is part of the address, and the result is in the body as well as in the status. */
import { createHash } from 'node:crypto';
import {
  type Delivery,
  defineProvider,
  type ProviderContext,
  ProviderError,
  type ProviderErrorCode,
} from '../../provider.ts';
import { type Effect, reportedError } from '../../read-answer.ts';
import { optionalTextAt, textAt } from '../../read-path.ts';
import { restClient } from '../../rest-client.ts';
import { refuse } from '../../signatures.ts';
import { kavenegarAbout } from './about.ts';

/** @see https://kavenegar.com/rest.html (table of errors) */
const codes: Readonly<Record<string, ProviderErrorCode>> = {
  400: 'rejected',
  401: 'configuration',
  402: 'unavailable',
  403: 'configuration',
  404: 'configuration',
  405: 'configuration',
  407: 'configuration',
  409: 'unavailable',
  411: 'rejected',
  412: 'configuration',
  413: 'rejected',
  414: 'rejected',
  // Called from an address that is not allowed.
  416: 'configuration',
  417: 'rejected',
  // The credit is used up.
  418: 'configuration',
  422: 'rejected',
  426: 'configuration',
  451: 'rate_limited',
  501: 'configuration',
};

/** @see https://kavenegar.com/rest.html (table of message statuses) */
const statuses: Readonly<Record<string, Delivery['status']>> = {
  1: 'accepted',
  2: 'accepted',
  4: 'sent',
  5: 'sent',
  6: 'failed',
  10: 'delivered',
  11: 'failed',
  13: 'failed',
  14: 'failed',
  100: 'failed',
};

export const kavenegar = defineProvider({
  ...kavenegarAbout,
  async check(context) {
    await post(context, 'account/info', {}, 'read');
  },
  operations: (context) => ({
    send: async ({ to, text, reference }) =>
      deliveryOf(
        await post(context, 'sms/send', {
          receptor: to,
          sender: context.settings['sender'],
          message: text,
          localid: localIdOf(reference),
        }),
      ),
    status: (id) => statusOf(context, id),
  }),
  // Delivery reports are not signed: they only say which message to ask about.
  async inbound(context, request) {
    const fields = new URLSearchParams(Buffer.from(request.rawBody).toString('utf8'));
    const id = fields.get('messageid') ?? request.query['messageid'];
    if (id === undefined || !/^\d{1,20}$/.test(id)) refuse('The report names no message.');
    const delivery = await statusOf(context, id);
    return { events: [{ id: `${id}-${delivery.status}`, type: 'delivery', data: { ...delivery } }] };
  },
});

/** A number of up to 15 digits that stands for the reference. */
const localIdOf = (reference: string): string =>
  String(createHash('sha256').update(reference).digest().readBigUInt64BE(0) % 10n ** 15n);

const statusOf = async (context: ProviderContext, id: string): Promise<Delivery> =>
  deliveryOf(await post(context, 'sms/status', { messageid: id }, 'read'));

function deliveryOf(answer: unknown): Delivery {
  const status = statuses[textAt(answer, 'entries[0].status')];
  if (status === undefined)
    throw new ProviderError('unreadable_answer', 'The message has a status that is not documented.');
  return { providerReference: textAt(answer, 'entries[0].messageid'), status };
}

async function post(
  context: ProviderContext,
  method: string,
  form: Record<string, string | undefined>,
  effect: Effect = 'message',
): Promise<unknown> {
  const client = restClient(context, {
    baseUrl: context.settings['api_url']!,
    errorPaths: { code: ['return.status'], message: ['return.message'] },
    codes,
  });
  const key = encodeURIComponent(context.settings['api_key']!);
  const answer = await client.json({ method: 'POST', path: `/v1/${key}/${method}.json`, effect, form });
  const status = textAt(answer, 'return.status');
  if (status !== '200') throw reportedError(status, optionalTextAt(answer, 'return.message'), { codes });
  return answer;
}
