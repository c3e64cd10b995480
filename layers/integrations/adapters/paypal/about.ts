/** PayPal: what is known of it without its code. */
import type { ProviderAbout } from '../../provider.ts';
import { apiUrl, optional, secret, setting } from '../../setting-specs.ts';

export const paypalAbout: ProviderAbout<'payment'> = {
  provider: 'paypal',
  kind: 'payment',
  name: { en: 'PayPal', ar: 'باي بال' },
  category: 'international',
  authType: 'oauth2',
  documentation: 'https://developer.paypal.com/docs/api/orders/v2/',
  retrySafe: ['create', 'capture', 'refund', 'verify'],
  settings: [
    apiUrl('https://api-m.paypal.com'),
    setting('client_id', 'Client id', 'معرف العميل'),
    secret('client_secret', 'Client secret', 'سر العميل'),
    setting('webhook_id', 'Webhook id', 'معرف الإشعارات', optional),
  ],
};
