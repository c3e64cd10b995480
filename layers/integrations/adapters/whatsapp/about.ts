/** WhatsApp Business Cloud API: what is known of it without its code. */
import type { ProviderAbout } from '../../provider.ts';
import { apiUrl, optional, secret, setting } from '../../setting-specs.ts';

export const whatsappAbout: ProviderAbout<'whatsapp'> = {
  provider: 'whatsapp',
  kind: 'whatsapp',
  name: { en: 'WhatsApp Business', ar: 'واتساب للأعمال' },
  category: 'international',
  authType: 'api_key',
  documentation: 'https://developers.facebook.com/docs/whatsapp/cloud-api',
  settings: [
    apiUrl('https://graph.facebook.com/v17.0'),
    secret('access_token', 'Access token', 'رمز الوصول'),
    setting('phone_number_id', 'Phone number id', 'معرف رقم الهاتف', { pattern: /^\d{5,20}$/ }),
    secret('webhook_verify_token', 'Verify token of the webhook', 'رمز التحقق من الإشعارات'),
    secret('app_secret', 'App secret that notifications are signed with', 'سر التطبيق لتوقيع الإشعارات', optional),
  ],
};
