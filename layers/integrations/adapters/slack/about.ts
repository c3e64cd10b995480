/** Slack: what is known of it without its code. */
import type { ProviderAbout } from '../../provider.ts';
import { optional, secret, setting } from '../../setting-specs.ts';

export const slackAbout: ProviderAbout<'chat'> = {
  provider: 'slack',
  kind: 'chat',
  name: { en: 'Slack', ar: 'سلاك' },
  category: 'international',
  authType: 'none',
  documentation: 'https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks',
  settings: [
    // Whoever knows the address can post: it is the credential.
    secret('webhook_url', 'Webhook address', 'عنوان الويب هوك', { pattern: /^https?:\/\/[^\s]+$/ }),
    setting('channel', 'Channel', 'القناة', { ...optional, pattern: /^[#@]?[\w.-]{1,80}$/ }),
  ],
};
