/** Kavenegar's REST interface. @see https://kavenegar.com/rest.html */
import type { CreateSimulator, SimAnswer } from './types.ts';

const apiKey = 'simulated4B65766E6567617230303031';

const answer = (status: number, message: string, entries: unknown = null): SimAnswer => ({
  status,
  json: { return: { status, message }, entries },
});

export const kavenegar: CreateSimulator = ({ url, record }) => {
  const messages = new Map<string, { messageid: number; status: number; localid: string | null }>();
  let next = 8792343;
  return {
    provider: 'kavenegar',
    settings: { api_url: url, api_key: apiKey, sender: '10004346' },
    answer({ path, form: read }) {
      const [, version, key, scope, method] = path.split('/');
      if (version !== 'v1' || key !== apiKey) return answer(403, `کد شناسائی API-Key معتبر نمی‌باشد ${key}`);
      const form = read();
      switch (`${scope}/${method}`) {
        case 'account/info.json':
          return answer(200, 'تایید شد', { remaincredit: 1500032, expiredate: 13548889, type: 'Master' });
        case 'sms/send.json': {
          const receptor = form.get('receptor') ?? '';
          if (!/^(\+|00)?\d{10,15}$/.test(receptor)) return answer(411, 'دریافت کننده نامعتبر است');
          const localid = form.get('localid');
          const known =
            localid === null ? undefined : [...messages.values()].find((message) => message.localid === localid);
          const message = known ?? { messageid: next++, status: 1, localid };
          if (!known) {
            messages.set(String(message.messageid), message);
            record('message', { id: String(message.messageid), to: receptor, text: form.get('message') });
          }
          return answer(200, 'تایید شد', [{ ...message, receptor, statustext: 'در صف ارسال', cost: 120 }]);
        }
        case 'sms/status.json': {
          const id = form.get('messageid') ?? '';
          const known = messages.has(id);
          return answer(200, 'تایید شد', [{ messageid: Number(id), status: known ? 10 : 100, statustext: '' }]);
        }
        default:
          return answer(404, 'متد نامشخص است');
      }
    },
    failure: (kind) =>
      ({
        reject: answer(411, 'دریافت کننده نامعتبر است'),
        unauthorized: answer(403, 'کد شناسائی API-Key معتبر نمی‌باشد'),
        rate_limited: { ...answer(429, 'تعداد درخواست بیش از حد'), headers: { 'retry-after': '7' } },
        error: answer(500, 'خطای سرور'),
      })[kind],
    notification: ({ url: target, id }) => ({
      method: 'POST',
      url: target,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ messageid: id, status: '10' }).toString(),
    }),
  };
};
