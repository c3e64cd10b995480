/** Seha, the health platform of document 003: configuration, for its API is open to members alone. */
import type { ProviderAbout } from '../../provider.ts';
import { setting } from '../../setting-specs.ts';
import { configuredSettings } from '../configured/settings.ts';

export const sehaAbout: ProviderAbout<'health_platform'> = {
  provider: 'seha',
  kind: 'health_platform',
  name: { en: 'Seha', ar: 'منصة صحة' },
  category: 'local',
  authType: 'api_key',
  settings: [
    ...configuredSettings({ url: 'https://api.seha.sa' }),
    setting('facility_id', 'Facility id', 'معرف المنشأة'),
  ],
};
