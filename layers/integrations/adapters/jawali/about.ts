/** Jawali: configuration, for no API of it is published. */
import type { ProviderAbout } from '../../provider.ts';
import { optional, setting } from '../../setting-specs.ts';
import { configuredSettings } from '../configured/settings.ts';

export const jawaliAbout: ProviderAbout<'payment'> = {
  provider: 'jawali',
  kind: 'payment',
  name: { en: 'Jawali', ar: 'جوالي' },
  category: 'local',
  authType: 'api_key',
  settings: [...configuredSettings(), setting('merchant_id', 'Merchant number', 'رقم التاجر', optional)],
};
