/** SendGrid: what is known of it without its code. */
import type { ProviderAbout } from '../../provider.ts';
import { apiUrl, optional, secret, setting } from '../../setting-specs.ts';

export const sendgridAbout: ProviderAbout<'email'> = {
  provider: 'sendgrid',
  kind: 'email',
  name: { en: 'SendGrid', ar: 'سند جريد' },
  category: 'international',
  authType: 'api_key',
  documentation: 'https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send',
  settings: [
    secret('api_key', 'API key', 'مفتاح الواجهة'),
    setting('from_email', 'Sender address', 'بريد المرسل', { pattern: /^[^\s@]+@[^\s@]+$/ }),
    setting('from_name', 'Sender name', 'اسم المرسل', optional),
    setting('webhook_public_key', 'Public key of the event webhook', 'المفتاح العام للإشعارات', optional),
    apiUrl('https://api.sendgrid.com'),
  ],
};
