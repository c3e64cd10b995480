/** SendGrid's mail send, version 3, and its signed event webhook. @see https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send */
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { CreateSimulator, SimAnswer } from './types.ts';

const apiKey = 'SG.simulatedSendgridKey.0001';
const error = (status: number, message: string, field: string | null = null): SimAnswer => ({
  status,
  json: { errors: [{ message, field, help: null }] },
});

export const sendgrid: CreateSimulator = ({ url, now, record }) => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return {
    provider: 'sendgrid',
    settings: {
      api_url: url,
      api_key: apiKey,
      from_email: 'noreply@example.com',
      from_name: 'Mizan',
      webhook_public_key: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    },
    answer({ method, path, headers, json: read }) {
      if (headers['authorization'] !== `Bearer ${apiKey}`)
        return error(401, `The provided authorization grant is invalid: ${headers['authorization']}`);
      if (method === 'GET' && path === '/v3/scopes') return { json: { scopes: ['mail.send'] } };
      if (method !== 'POST' || path !== '/v3/mail/send') return undefined;
      const mail = read();
      const to = mail.personalizations?.[0]?.to?.map(({ email }: { email: string }) => email) ?? [];
      if (to.length === 0)
        return error(400, 'The to array is required for all personalization objects', 'personalizations.0.to');
      if (mail.content?.[0]?.type !== 'text/plain') return error(400, 'text/plain must be first', 'content');
      const id = randomUUID().replaceAll('-', '').slice(0, 22);
      const files = (mail.attachments ?? []).map(
        ({ filename, type, content }: { filename: string; type: string; content: string }) => ({
          filename,
          type,
          sha256: createHash('sha256').update(Buffer.from(content, 'base64')).digest('hex'),
        }),
      );
      record('message', { id, to, subject: mail.subject, from: mail.from, attachments: files.length, files });
      return { status: 202, text: '', headers: { 'x-message-id': id } };
    },
    failure: (kind) =>
      ({
        reject: error(400, 'The from address does not match a verified Sender Identity.', 'from'),
        unauthorized: error(403, 'access forbidden'),
        rate_limited: { ...error(429, 'too many requests'), headers: { 'retry-after': '7' } },
        error: error(500, 'An unexpected error occurred'),
      })[kind],
    notification({ url: target, id, status = 'delivered' }) {
      const timestamp = String(Math.floor(now() / 1000));
      const event = {
        email: 'a@example.com',
        event: status,
        sg_event_id: randomUUID(),
        sg_message_id: `${id}.filter0001`,
        timestamp: Number(timestamp),
      };
      const body = JSON.stringify([event]);
      const signature = sign('sha256', Buffer.from(timestamp + body), privateKey).toString('base64');
      const headers = {
        'content-type': 'application/json',
        'x-twilio-email-event-webhook-signature': signature,
        'x-twilio-email-event-webhook-timestamp': timestamp,
      };
      return { method: 'POST', url: target, headers, body };
    },
  };
};
