/** WhatsApp Business Cloud API. @see https://developers.facebook.com/docs/whatsapp/cloud-api */
import { createHmac, randomUUID } from 'node:crypto';
import type { CreateSimulator, SimAnswer } from './types.ts';

const accessToken = 'EAAsimulatedWhatsappToken01';
const phoneNumberId = '106540352242922';
const verifyToken = 'simulated-verify-token';
const appSecret = 'simulated-whatsapp-app-secret';

const error = (status: number, code: number, message: string): SimAnswer => ({
  status,
  json: { error: { message: `(#${code}) ${message}`, type: 'OAuthException', code, fbtrace_id: 'simulated' } },
});

export const whatsapp: CreateSimulator = ({ url, now, record }) => {
  const media = new Set<string>();
  return {
    provider: 'whatsapp',
    settings: {
      api_url: `${url}/v17.0`,
      access_token: accessToken,
      phone_number_id: phoneNumberId,
      webhook_verify_token: verifyToken,
      app_secret: appSecret,
    },
    answer({ method, path, headers, body, json: read }) {
      if (headers['authorization'] !== `Bearer ${accessToken}`)
        return error(401, 190, `Invalid OAuth access token ${headers['authorization']}`);
      const base = `/v17.0/${phoneNumberId}`;
      if (method === 'GET' && path === base) return { json: { id: phoneNumberId, verified_name: 'Mizan' } };
      if (method === 'POST' && path === `${base}/media`) {
        const text = body.toString('latin1');
        if (!text.includes('name="messaging_product"') || !text.includes('name="file"'))
          return error(400, 100, 'Invalid parameter');
        const id = String(4490709327384033n + BigInt(media.size));
        media.add(id);
        record('media', { id, bytes: body.length });
        return { json: { id } };
      }
      if (method !== 'POST' || path !== `${base}/messages`) return undefined;
      const message = read();
      const content = message[message.type];
      if (message.messaging_product !== 'whatsapp' || !content) return error(400, 100, 'Invalid parameter');
      if (!/^\d{7,15}$/.test(message.to ?? '')) return error(400, 131026, 'Message undeliverable');
      if (message.type === 'template' && !content.language?.code)
        return error(404, 132001, 'Template name does not exist');
      const header = content.components?.find?.(({ type }: { type: string }) => type === 'header')?.parameters?.[0];
      if (header && !header.document?.id && !header.document?.link)
        return error(400, 132012, 'Parameter format does not match format in the created template');
      const used = content.id ?? header?.document?.id;
      if (used && !media.has(used)) return error(400, 131052, 'Media download error');
      const id = `wamid.${randomUUID()}`;
      record('message', {
        id,
        to: message.to,
        type: message.type,
        content,
        reference: message.biz_opaque_callback_data,
      });
      return {
        json: {
          messaging_product: 'whatsapp',
          contacts: [{ input: message.to, wa_id: message.to }],
          messages: [{ id }],
        },
      };
    },
    failure: (kind) =>
      ({
        reject: error(400, 131047, 'Re-engagement message'),
        unauthorized: error(401, 190, 'Access token has expired'),
        rate_limited: { ...error(400, 131056, 'Pair rate limit hit'), headers: { 'retry-after': '7' } },
        error: error(500, 131000, 'Something went wrong'),
      })[kind],
    notification({ url: target, id, status = 'delivered', text, from = '967771234567', type }) {
      if (type === 'verify') {
        const query = new URLSearchParams({
          'hub.mode': 'subscribe',
          'hub.verify_token': verifyToken,
          'hub.challenge': id,
        });
        return { method: 'GET', url: `${target}?${query}`, headers: {}, body: '' };
      }
      const timestamp = String(Math.floor(now() / 1000));
      const value =
        text === undefined
          ? { statuses: [{ id, status, timestamp, recipient_id: from }] }
          : {
              contacts: [{ profile: { name: 'A customer' }, wa_id: from }],
              messages: [{ id, from, timestamp, type: 'text', text: { body: text } }],
            };
      const metadata = { display_phone_number: '15550001111', phone_number_id: phoneNumberId };
      const change = { field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...value } };
      const body = JSON.stringify({
        object: 'whatsapp_business_account',
        entry: [{ id: '102290129340398', changes: [change] }],
      });
      const signature = createHmac('sha256', appSecret).update(body).digest('hex');
      const headers = { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` };
      return { method: 'POST', url: target, headers, body };
    },
  };
};
