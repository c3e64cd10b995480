/** WhatsApp Business Cloud API: texts, templates and media to a number, and uploads of media. */
import { randomUUID } from 'node:crypto';
import { type Delivery, defineProvider, type KindOperations, type ProviderContext } from '../../provider.ts';
import { textAt } from '../../read-path.ts';
import { type RestClient, restClient } from '../../rest-client.ts';
import { whatsappAbout } from './about.ts';
import { readWhatsappEvents } from './inbound.ts';

export const whatsapp = defineProvider({
  ...whatsappAbout,
  async check(context) {
    await clientOf(context).json({ method: 'GET', path: '', effect: 'read', query: { fields: 'id,verified_name' } });
  },
  operations: (context) => {
    const client = clientOf(context);
    return {
      sendText: ({ to, text, reference }) =>
        send(client, to, reference, { type: 'text', text: { body: text, preview_url: false } }),
      // https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-media/
      sendTemplate: ({ to, template, language, parameters, document, reference }) =>
        send(client, to, reference, {
          type: 'template',
          template: {
            name: template,
            language: { code: language },
            components: [
              ...(document === undefined ? [] : [{ type: 'header', parameters: [headerOf(document)] }]),
              ...(parameters.length === 0
                ? []
                : [{ type: 'body', parameters: parameters.map((text) => ({ type: 'text', text })) }]),
            ],
          },
        }),
      sendMedia: ({ to, kind, url, mediaId, caption, filename, reference }) =>
        send(client, to, reference, {
          type: kind,
          [kind]: {
            ...(mediaId === undefined ? { link: url } : { id: mediaId }),
            // Sound has no caption, and only documents have a name.
            ...(caption === undefined || kind === 'audio' ? {} : { caption }),
            ...(filename === undefined || kind !== 'document' ? {} : { filename }),
          },
        }),
      async uploadMedia({ contentType, filename, content }) {
        const { body, boundary } = multipart(contentType, filename, content);
        const answer = await client.json({
          method: 'POST',
          path: '/media',
          effect: 'message',
          headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
          body,
        });
        return { mediaId: textAt(answer, 'id') };
      },
    };
  },
  inbound: async (context, request) => readWhatsappEvents(context, request),
});

type HeaderDocument = NonNullable<Parameters<KindOperations['whatsapp']['sendTemplate']>[0]['document']>;

const headerOf = ({ mediaId, url, filename }: HeaderDocument) => ({
  type: 'document',
  document: { ...(mediaId === undefined ? { link: url } : { id: mediaId }), filename },
});

const clientOf = (context: ProviderContext): RestClient =>
  restClient(context, {
    baseUrl: `${context.settings['api_url']!.replace(/\/+$/, '')}/${context.settings['phone_number_id']}`,
    headers: () => ({ authorization: `Bearer ${context.settings['access_token']}` }),
    errorPaths: { code: ['error.code'], message: ['error.error_data.details', 'error.message'] },
    // https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
    codes: {
      0: 'configuration',
      3: 'configuration',
      10: 'configuration',
      // The business's number was deleted.
      33: 'configuration',
      190: 'configuration',
      // The account is blocked for a while, or locked, for what it sent.
      368: 'configuration',
      131031: 'configuration',
      131005: 'configuration',
      131037: 'configuration',
      // Nobody pays for it.
      131042: 'configuration',
      131045: 'configuration',
      133010: 'configuration',
      4: 'rate_limited',
      80007: 'rate_limited',
      130429: 'rate_limited',
      131048: 'rate_limited',
      131056: 'rate_limited',
      132069: 'rate_limited',
      1: 'unavailable',
      2: 'unavailable',
      131000: 'unavailable',
      131016: 'unavailable',
      131057: 'unavailable',
      131026: 'rejected',
      131047: 'rejected',
      // WhatsApp holds this one back from this person, or may not bring it to the country.
      130472: 'rejected',
      130497: 'rejected',
      131049: 'rejected',
      131050: 'rejected',
      132000: 'rejected',
      132001: 'rejected',
      132012: 'rejected',
      132015: 'rejected',
      132016: 'rejected',
    },
  });

/** The reference comes back in every status of the message. */
async function send(
  client: RestClient,
  to: string,
  reference: string,
  content: Record<string, unknown>,
): Promise<Delivery> {
  const answer = await client.json({
    method: 'POST',
    path: '/messages',
    effect: 'message',
    json: {
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: to.replace(/^\+/, ''),
      biz_opaque_callback_data: reference,
      ...content,
    },
  });
  return { providerReference: textAt(answer, 'messages[0].id'), status: 'accepted' };
}

/** RFC 7578; names are ours or have their quotes and line breaks escaped as HTML's encoding of forms asks. */
function multipart(contentType: string, filename: string, content: Uint8Array): { body: Uint8Array; boundary: string } {
  const boundary = `mizan-${randomUUID()}`;
  const name = filename.replace(/["\r\n]/g, (character) => encodeURIComponent(character));
  const type = contentType.replace(/[\r\n]/g, '');
  const head =
    `--${boundary}\r\ncontent-disposition: form-data; name="messaging_product"\r\n\r\nwhatsapp\r\n` +
    `--${boundary}\r\ncontent-disposition: form-data; name="type"\r\n\r\n${type}\r\n` +
    `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: ${type}\r\n\r\n`;
  return { boundary, body: Buffer.concat([Buffer.from(head), content, Buffer.from(`\r\n--${boundary}--\r\n`)]) };
}
