/** Slack's incoming webhooks: the address is the credential, and answers are words rather than JSON. */
import { createHash } from 'node:crypto';
import {
  defineProvider,
  type HttpAnswer,
  type ProviderContext,
  ProviderError,
  type ProviderErrorCode,
} from '../../provider.ts';
import { readAccepted, readRetryAfter } from '../../read-answer.ts';
import { slackAbout } from './about.ts';

/** @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors */
const codes: Readonly<Record<string, ProviderErrorCode>> = {
  action_prohibited: 'configuration',
  channel_is_archived: 'configuration',
  channel_not_found: 'configuration',
  invalid_token: 'configuration',
  no_active_hooks: 'configuration',
  no_service: 'configuration',
  no_service_id: 'configuration',
  no_team: 'configuration',
  team_disabled: 'configuration',
  posting_to_general_channel_denied: 'configuration',
  invalid_payload: 'rejected',
  no_text: 'rejected',
  too_many_attachments: 'rejected',
  user_not_found: 'rejected',
  rollup_error: 'unavailable',
};

export const slack = defineProvider({
  ...slackAbout,
  // A message without text is refused before anything is posted, and only by a webhook that exists.
  async check(context) {
    try {
      await post(context, {});
    } catch (error) {
      if (!(error instanceof ProviderError) || !['no_text', 'invalid_payload'].includes(error.providerCode ?? ''))
        throw error;
    }
  },
  operations: (context) => ({
    async post({ text, channel, reference }) {
      const where = channel ?? context.settings['channel'];
      await post(context, { text, ...(where === undefined ? {} : { channel: where }) });
      // Slack names no message: the reference stands for itself.
      return { providerReference: createHash('sha256').update(reference).digest('hex').slice(0, 24), status: 'sent' };
    },
  }),
});

async function post(context: ProviderContext, json: Record<string, string>): Promise<void> {
  const answer = await context.http({
    method: 'POST',
    url: context.settings['webhook_url']!,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(json),
  });
  const word = /^[a-z_]{2,60}$/.exec(answer.body.trim())?.[0];
  if (answer.status >= 400 && word !== undefined && codes[word] !== undefined)
    throw refusal(answer, word, context.now());
  const body = readAccepted(answer, { effect: 'message', nowMs: context.now() });
  if (body.trim() !== 'ok') throw new ProviderError('unreadable_answer', 'The answer is not "ok".');
}

function refusal(answer: HttpAnswer, word: string, nowMs: number): ProviderError {
  const retryAfterMs = readRetryAfter(answer.headers['retry-after'], nowMs);
  return new ProviderError(codes[word]!, `HTTP ${answer.status} ${word}`, {
    providerCode: word,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
