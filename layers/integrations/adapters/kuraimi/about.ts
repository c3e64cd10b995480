/** Kuraimi: configuration, for no API of it is published. */
import type { ProviderAbout } from '../../provider.ts';
import { optional, setting } from '../../setting-specs.ts';
import { configuredSettings } from '../configured/settings.ts';

export const kuraimiAbout: ProviderAbout<'payment'> = {
  provider: 'kuraimi',
  kind: 'payment',
  name: { en: 'Kuraimi', ar: 'الكريمي' },
  category: 'local',
  authType: 'api_key',
  settings: [...configuredSettings(), setting('merchant_id', 'Merchant number', 'رقم التاجر', optional)],
};
