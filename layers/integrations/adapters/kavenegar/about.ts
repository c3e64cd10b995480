/** Kavenegar: what is known of it without its code. */
import type { ProviderAbout } from '../../provider.ts';
import { apiUrl, secret, setting } from '../../setting-specs.ts';

export const kavenegarAbout: ProviderAbout<'sms'> = {
  provider: 'kavenegar',
  kind: 'sms',
  name: { en: 'Kavenegar', ar: 'كاوه نگار' },
  category: 'international',
  authType: 'api_key',
  documentation: 'https://kavenegar.com/rest.html',
  // A `localid` that was given before is answered with the message of then.
  retrySafe: ['send', 'status'],
  settings: [
    apiUrl('https://api.kavenegar.com'),
    secret('api_key', 'API key', 'مفتاح الواجهة', { pattern: /^[A-Za-z0-9]{8,128}$/ }),
    setting('sender', 'Sender line', 'رقم المرسل'),
  ],
};
