/** Zarinpal: what is known of it without its code. */
import type { ProviderAbout } from '../../provider.ts';
import { apiUrl, secret } from '../../setting-specs.ts';

export const zarinpalAbout: ProviderAbout<'payment'> = {
  provider: 'zarinpal',
  kind: 'payment',
  name: { en: 'Zarinpal', ar: 'زرين بال' },
  category: 'international',
  authType: 'api_key',
  documentation: 'https://www.zarinpal.com/docs/paymentGateway/connectToGateway.html',
  // Verifying twice answers 101 instead of 100.
  retrySafe: ['verify'],
  settings: [
    apiUrl('https://payment.zarinpal.com'),
    secret('merchant_id', 'Merchant id', 'معرف التاجر', { pattern: /^[0-9a-fA-F-]{36}$/ }),
  ],
};
