/** SMTP: what is known of it without its code. */
import type { ProviderAbout } from '../../provider.ts';
import { optional, secret, setting } from '../../setting-specs.ts';

export const smtpAbout: ProviderAbout<'email'> = {
  provider: 'smtp',
  kind: 'email',
  name: { en: 'Mail server (SMTP)', ar: 'خادم البريد (SMTP)' },
  category: 'local',
  authType: 'basic',
  documentation: 'https://www.rfc-editor.org/rfc/rfc5321',
  settings: [
    setting('host', 'Server', 'الخادم', { pattern: /^[A-Za-z0-9.:[\]-]{1,253}$/ }),
    setting('port', 'Port', 'المنفذ', { valueType: 'number', default: '587', pattern: /^\d{1,5}$/ }),
    setting('security', 'Encryption', 'التشفير', { default: 'starttls', pattern: /^(starttls|tls|none)$/ }),
    setting('username', 'User name', 'اسم المستخدم', optional),
    secret('password', 'Password', 'كلمة المرور', optional),
    setting('from_email', 'Sender address', 'بريد المرسل', { pattern: /^[^\s@]+@[^\s@]+$/ }),
    setting('from_name', 'Sender name', 'اسم المرسل', optional),
    setting('timeout_ms', 'Time-out (ms)', 'المهلة (مللي ثانية)', {
      valueType: 'number',
      default: '20000',
      pattern: /^\d{1,6}$/,
    }),
    setting('ca_certificate', 'Certificate authority of the server (PEM)', 'شهادة جهة الإصدار', optional),
  ],
};
