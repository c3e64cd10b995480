/** Tatman, the insurance of document 003: configuration, for it publishes no API. */
import type { ProviderAbout } from '../../provider.ts';
import { setting } from '../../setting-specs.ts';
import { configuredSettings } from '../configured/settings.ts';

export const tatmanAbout: ProviderAbout<'insurance'> = {
  provider: 'tatman',
  kind: 'insurance',
  name: { en: 'Tatman Insurance', ar: 'تأمين طمأن' },
  category: 'local',
  authType: 'api_key',
  settings: [
    ...configuredSettings({ url: 'https://api.tatman.com.sa' }),
    setting('provider_id', 'Provider id', 'معرف مقدم الخدمة'),
  ],
};
