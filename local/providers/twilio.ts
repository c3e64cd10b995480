/** Twilio's Messages. @see https://www.twilio.com/docs/messaging/api/message-resource */
import { createHmac, randomBytes } from 'node:crypto';
import type { CreateSimulator, SimAnswer } from './types.ts';

const accountSid = 'ACaaaaaaaabbbbbbbbccccccccdddddddd';
const authToken = 'simulatedTwilioAuthToken01';

const error = (status: number, code: number, message: string): SimAnswer => ({
  status,
  json: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
});

export const twilio: CreateSimulator = ({ url, record }) => {
  const messages = new Map<string, { sid: string; status: string }>();
  const base = `/2010-04-01/Accounts/${accountSid}`;
  return {
    provider: 'twilio',
    settings: { api_url: url, account_sid: accountSid, auth_token: authToken, from_number: '+15005550006' },
    answer({ method, path, headers, form }) {
      const expected = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
      if (headers['authorization'] !== expected)
        return error(401, 20003, `Authentication Error ${headers['authorization']}`);
      if (method === 'GET' && path === `${base}.json`) return { json: { sid: accountSid, status: 'active' } };
      if (method === 'POST' && path === `${base}/Messages.json`) {
        const to = form().get('To') ?? '';
        const text = form().get('Body') ?? '';
        if (!/^\+[1-9]\d{6,14}$/.test(to))
          return error(400, 21211, `The 'To' number ${to} is not a valid phone number.`);
        if (text === '') return error(400, 21602, 'Message body is required.');
        const message = { sid: `SM${randomBytes(16).toString('hex')}`, status: 'queued' };
        messages.set(message.sid, message);
        record('message', { id: message.sid, to, text });
        return { status: 201, json: { ...message, to, body: text, error_code: null } };
      }
      const message = messages.get(path.replace(`${base}/Messages/`, '').replace('.json', ''));
      if (message && method === 'GET') return { json: { ...message, status: 'delivered' } };
      return error(404, 20404, 'The requested resource was not found');
    },
    failure: (kind) =>
      ({
        reject: error(400, 21610, 'Attempt to send to unsubscribed recipient'),
        unauthorized: error(401, 20003, 'Authenticate'),
        rate_limited: { ...error(429, 20429, 'Too Many Requests'), headers: { 'retry-after': '7' } },
        error: error(500, 20500, 'Internal Server Error'),
      })[kind],
    notification({ url: target, id, status = 'delivered', text, from }) {
      const fields: Record<string, string> =
        text === undefined
          ? { MessageSid: id, MessageStatus: status, AccountSid: accountSid, To: '+15005550009' }
          : { MessageSid: id, AccountSid: accountSid, From: from ?? '+967771234567', To: '+15005550006', Body: text };
      const content =
        target +
        Object.keys(fields)
          .sort()
          .map((name) => name + fields[name])
          .join('');
      const signature = createHmac('sha1', authToken).update(content).digest('base64');
      const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature };
      return { method: 'POST', url: target, headers, body: new URLSearchParams(fields).toString() };
    },
  };
};
