/** Firebase Cloud Messaging: what is known of it without its code. */
import type { ProviderAbout } from '../../provider.ts';
import { apiUrl, secret } from '../../setting-specs.ts';

export const fcmAbout: ProviderAbout<'push'> = {
  provider: 'fcm',
  kind: 'push',
  name: { en: 'Firebase Cloud Messaging', ar: 'إشعارات فايربيس' },
  category: 'international',
  authType: 'oauth2',
  documentation: 'https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages/send',
  settings: [
    apiUrl('https://fcm.googleapis.com'),
    secret('service_account', 'Service account key (JSON)', 'مفتاح حساب الخدمة', { valueType: 'json' }),
  ],
};
