/** Any MQTT broker: what is known of it without its code. */
import type { ProviderAbout, SettingSpec } from '../../provider.ts';
import { optional, secret, setting } from '../../setting-specs.ts';

export const mqttSettings = (isRequired: boolean): readonly SettingSpec[] => [
  setting('mqtt_host', 'MQTT server', 'خادم MQTT', { isRequired, pattern: /^[A-Za-z0-9.:[\]-]{1,253}$/ }),
  setting('mqtt_port', 'MQTT port', 'منفذ MQTT', { valueType: 'number', default: '8883', pattern: /^\d{1,5}$/ }),
  setting('mqtt_security', 'MQTT encryption', 'تشفير MQTT', { default: 'tls', pattern: /^(tls|none)$/ }),
  setting('mqtt_username', 'MQTT user name', 'اسم مستخدم MQTT', optional),
  secret('mqtt_password', 'MQTT password', 'كلمة مرور MQTT', optional),
  setting('mqtt_timeout_ms', 'Time-out (ms)', 'المهلة (مللي ثانية)', {
    valueType: 'number',
    default: '10000',
    pattern: /^\d{1,6}$/,
  }),
  setting('mqtt_ca_certificate', 'Certificate authority of the server (PEM)', 'شهادة جهة الإصدار', optional),
];

export const genericMqttAbout: ProviderAbout<'mqtt'> = {
  provider: 'generic_mqtt',
  kind: 'mqtt',
  name: { en: 'MQTT broker', ar: 'وسيط MQTT عام' },
  category: 'local',
  authType: 'basic',
  documentation: 'https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/mqtt-v3.1.1.html',
  settings: mqttSettings(true),
};
