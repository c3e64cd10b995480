/** Twilio: what is known of it without its code. */
import type { ProviderAbout } from '../../provider.ts';
import { apiUrl, optional, secret, setting } from '../../setting-specs.ts';

export const twilioAbout: ProviderAbout<'sms'> = {
  provider: 'twilio',
  kind: 'sms',
  name: { en: 'Twilio', ar: 'تويليو' },
  category: 'international',
  authType: 'basic',
  documentation: 'https://www.twilio.com/docs/messaging/api/message-resource',
  settings: [
    setting('account_sid', 'Account SID', 'معرف الحساب', { pattern: /^AC[0-9a-fA-F]{32}$/ }),
    secret('auth_token', 'Auth token', 'رمز المصادقة'),
    setting('from_number', 'Sender number', 'رقم المرسل', {
      pattern: /^(\+[0-9]{6,15}|MG[0-9a-fA-F]{32}|[A-Za-z0-9 ]{1,11})$/,
    }),
    setting('status_callback', 'Address for delivery reports', 'عنوان تقارير التسليم', optional),
    apiUrl('https://api.twilio.com'),
  ],
};
