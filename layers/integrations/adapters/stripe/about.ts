/** Stripe: what is known of it without its code. */
import type { ProviderAbout } from '../../provider.ts';
import { apiUrl, optional, secret, setting } from '../../setting-specs.ts';

export const stripeAbout: ProviderAbout<'payment'> = {
  provider: 'stripe',
  kind: 'payment',
  name: { en: 'Stripe', ar: 'سترايب' },
  category: 'international',
  authType: 'api_key',
  documentation: 'https://docs.stripe.com/api',
  retrySafe: ['create', 'capture', 'refund', 'verify'],
  settings: [
    apiUrl('https://api.stripe.com'),
    secret('secret_key', 'Secret key', 'المفتاح السري', { pattern: /^[sr]k_[A-Za-z0-9_]+$/ }),
    secret('webhook_secret', 'Webhook signing secret', 'سر توقيع الإشعارات', optional),
    setting('capture_method', 'When money is taken', 'وقت تحصيل المبلغ', {
      default: 'automatic',
      pattern: /^(automatic|manual)$/,
    }),
  ],
};
