/** Slack's incoming webhooks. @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
import type { CreateSimulator } from './types.ts';

const path = '/services/T00000000/B00000000/simulatedSlackHook000001';

export const slack: CreateSimulator = ({ url, record }) => ({
  provider: 'slack',
  settings: { webhook_url: `${url}${path}`, channel: '#notifications' },
  answer(request) {
    if (request.path !== path) return { status: 404, text: 'no_service' };
    const { text, channel } = request.json();
    if (!text) return { status: 400, text: 'no_text' };
    if (channel === '#gone') return { status: 404, text: 'channel_not_found' };
    record('message', { text, channel });
    return { text: 'ok' };
  },
  failure: (kind) =>
    ({
      reject: { status: 400, text: 'invalid_payload' },
      unauthorized: { status: 403, text: 'action_prohibited' },
      rate_limited: { status: 429, text: 'rate_limited', headers: { 'retry-after': '7' } },
      error: { status: 500, text: 'rollup_error' },
    })[kind],
});
