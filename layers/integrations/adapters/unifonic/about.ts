/** Unifonic: what is known of it without its code. */
import type { ProviderAbout } from '../../provider.ts';
import { apiUrl, optional, secret, setting } from '../../setting-specs.ts';

export const unifonicAbout: ProviderAbout<'sms'> = {
  provider: 'unifonic',
  kind: 'sms',
  name: { en: 'Unifonic', ar: 'يونيفونك' },
  category: 'international',
  authType: 'api_key',
  documentation: 'https://docs.unifonic.com/reference/sms-api',
  settings: [
    apiUrl('https://el.cloud.unifonic.com'),
    secret('app_sid', 'Application id (AppSid)', 'معرف التطبيق'),
    setting('sender_id', 'Sender', 'اسم المرسل'),
    secret('callback_token', 'Token in the address for delivery reports', 'رمز عنوان تقارير التسليم', optional),
  ],
};
