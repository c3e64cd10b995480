/** Amazon SES: what is known of it without its code. */
import type { ProviderAbout } from '../../provider.ts';
import { optional, secret, setting } from '../../setting-specs.ts';

export const sesAbout: ProviderAbout<'email'> = {
  provider: 'ses',
  kind: 'email',
  name: { en: 'Amazon SES', ar: 'أمازون SES' },
  category: 'international',
  authType: 'hmac',
  documentation: 'https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html',
  settings: [
    setting('region', 'Region', 'المنطقة', { pattern: /^[a-z]{2}(-[a-z]+)+-\d$/ }),
    setting('access_key_id', 'Access key id', 'معرف مفتاح الوصول'),
    secret('secret_access_key', 'Secret access key', 'مفتاح الوصول السري'),
    setting('from_email', 'Sender address', 'بريد المرسل', { pattern: /^[^\s@]+@[^\s@]+$/ }),
    setting('from_name', 'Sender name', 'اسم المرسل', optional),
    setting('api_url', 'API address', 'عنوان الواجهة البرمجية', { ...optional, pattern: /^https?:\/\/[^\s]+$/ }),
  ],
};
