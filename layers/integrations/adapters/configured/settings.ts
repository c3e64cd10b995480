/** The settings every configured provider has: address, authorisation, mapping of operations, and checks of what comes in. */
import type { SettingSpec } from '../../provider.ts';
import { apiUrl, optional, secret, setting } from '../../setting-specs.ts';

export const configuredSettings = ({
  authScheme = 'bearer',
  url,
}: {
  authScheme?: string;
  url?: string;
} = {}): readonly SettingSpec[] => [
  apiUrl(url),
  setting('auth_scheme', 'Authorisation', 'طريقة المصادقة', {
    default: authScheme,
    pattern: /^(none|bearer|basic|api_key|oauth2)$/,
  }),
  secret('api_key', 'API key', 'مفتاح الواجهة', optional),
  setting('api_key_header', 'Header of the key', 'ترويسة المفتاح', {
    default: 'x-api-key',
    pattern: /^[A-Za-z0-9-]{1,60}$/,
  }),
  setting('username', 'User name', 'اسم المستخدم', optional),
  secret('password', 'Password', 'كلمة المرور', optional),
  setting('token_url', 'Address for tokens', 'عنوان الرموز', { ...optional, pattern: /^https?:\/\/[^\s]+$/ }),
  setting('client_id', 'Client id', 'معرف العميل', optional),
  secret('client_secret', 'Client secret', 'سر العميل', optional),
  setting('operations', 'Mapping of operations (JSON)', 'خريطة العمليات', { ...optional, valueType: 'json' }),
  ...inboundSettings,
];

const inboundSettings: readonly SettingSpec[] = [
  secret('webhook_secret', 'Secret of notifications', 'سر الإشعارات', optional),
  setting('signature_header', 'Header of the signature', 'ترويسة التوقيع', {
    default: 'x-signature',
    pattern: /^[A-Za-z0-9-]{1,60}$/,
  }),
  setting('timestamp_header', 'Header of the time', 'ترويسة الوقت', {
    default: 'x-timestamp',
    pattern: /^[A-Za-z0-9-]{1,60}$/,
  }),
  setting('inbound', 'Mapping of notifications (JSON)', 'خريطة الإشعارات', { ...optional, valueType: 'json' }),
];
