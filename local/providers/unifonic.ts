/** Unifonic's SMS API. @see https://docs.unifonic.com/reference/sms-api */
import type { CreateSimulator, SimAnswer } from './types.ts';

const appSid = 'simulatedUnifonicAppSid01';
const callbackToken = 'simulated-unifonic-callback';
const failure = (errorCode: string, message: string, status = 200): SimAnswer => ({
  status,
  json: { success: false, message, errorCode, data: {} },
});

export const unifonic: CreateSimulator = ({ url, record }) => {
  let next = 42000348806924;
  return {
    provider: 'unifonic',
    settings: { api_url: url, app_sid: appSid, sender_id: 'Mizan', callback_token: callbackToken },
    answer({ method, path, form: read }) {
      const form = read();
      if (form.get('AppSid') !== appSid)
        return failure('ER-401', `Authentication failed for ${form.get('AppSid')}`, 401);
      if (method !== 'POST') return undefined;
      if (path === '/rest/Account/GetBalance')
        return { json: { success: true, message: '', errorCode: 'ER-00', data: { Balance: '100' } } };
      if (path !== '/rest/SMS/messages') return undefined;
      const recipient = form.get('Recipient') ?? '';
      if (!/^[1-9]\d*$/.test(recipient)) return failure('ER-02', 'Dest num is invalid');
      if (recipient.length < 9) return failure('ER-04', 'Dest num is too short');
      const id = next++;
      record('message', { id: String(id), to: recipient, text: form.get('Body') });
      return {
        json: {
          success: true,
          message: '',
          errorCode: 'ER-00',
          data: {
            MessageID: id,
            CorrelationID: form.get('CorrelationID'),
            Status: 'Queued',
            NumberOfUnits: 1,
            Recipient: recipient,
          },
        },
      };
    },
    failure: (kind) =>
      ({
        reject: failure('ER-07', 'Message filtered'),
        unauthorized: failure('ER-401', 'Authentication failed', 401),
        rate_limited: { ...failure('ER-429', 'Too many requests', 429), headers: { 'retry-after': '7' } },
        error: failure('ER-500', 'Internal error', 500),
      })[kind],
    notification: ({ url: target, id, status = 'Delivered' }) => ({
      method: 'POST',
      url: `${target}${target.includes('?') ? '&' : '?'}token=${callbackToken}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ MessageID: id, Status: status }),
    }),
  };
};
