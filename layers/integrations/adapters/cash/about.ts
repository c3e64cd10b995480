/** Cash: configuration, for no API of it is published. */
import type { ProviderAbout } from '../../provider.ts';
import { optional, setting } from '../../setting-specs.ts';
import { configuredSettings } from '../configured/settings.ts';

export const cashAbout: ProviderAbout<'payment'> = {
  provider: 'cash',
  kind: 'payment',
  name: { en: 'Cash', ar: 'كاش' },
  category: 'local',
  authType: 'api_key',
  settings: [...configuredSettings(), setting('merchant_id', 'Merchant number', 'رقم التاجر', optional)],
};
