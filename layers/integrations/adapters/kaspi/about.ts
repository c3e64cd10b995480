/** Kaspi: configuration, for no API of it is published. */
import type { ProviderAbout } from '../../provider.ts';
import { optional, setting } from '../../setting-specs.ts';
import { configuredSettings } from '../configured/settings.ts';

export const kaspiAbout: ProviderAbout<'payment'> = {
  provider: 'kaspi',
  kind: 'payment',
  name: { en: 'Kaspi', ar: 'كاسبي' },
  category: 'international',
  authType: 'api_key',
  settings: [...configuredSettings(), setting('merchant_id', 'Merchant number', 'رقم التاجر', optional)],
};
