/** Acrel IoT-EMS: its webhooks and MQTT topics stand in document 000; its HTTP API is not published and is configuration. */
import type { ProviderAbout } from '../../provider.ts';
import { setting } from '../../setting-specs.ts';
import { configuredSettings } from '../configured/settings.ts';
import { mqttSettings } from '../generic-mqtt/about.ts';

export const acrelAbout: ProviderAbout<'meter_platform'> = {
  provider: 'acrel',
  kind: 'meter_platform',
  name: { en: 'Acrel IoT-EMS', ar: 'منصة أكريل IoT-EMS' },
  category: 'local',
  authType: 'hmac',
  settings: [
    ...configuredSettings(),
    setting('command_transport', 'How commands go out', 'طريقة إرسال الأوامر', {
      default: 'http',
      pattern: /^(http|mqtt)$/,
    }),
    ...mqttSettings(false),
  ],
};
