/** Halyk Bank's ePay: what is known of it without its code. */
import type { ProviderAbout } from '../../provider.ts';
import { apiUrl, optional, secret, setting } from '../../setting-specs.ts';

export const halykAbout: ProviderAbout<'payment'> = {
  provider: 'halyk',
  kind: 'payment',
  name: { en: 'Halyk Bank ePay', ar: 'بنك هاليك' },
  category: 'international',
  authType: 'oauth2',
  documentation: 'https://epayment.kz/en-US/docs/invoice%20link%20API',
  settings: [
    apiUrl('https://epay-api.homebank.kz'),
    setting('oauth_url', 'Address for tokens', 'عنوان الرموز', {
      default: 'https://epay-oauth.homebank.kz/oauth2/token',
    }),
    setting('client_id', 'Client id', 'معرف العميل'),
    secret('client_secret', 'Client secret', 'سر العميل'),
    setting('shop_id', 'Shop id', 'معرف المتجر'),
    setting('terminal_id', 'Terminal id', 'معرف الجهاز'),
    setting('post_link', 'Address for notifications', 'عنوان الإشعارات', optional),
  ],
};
