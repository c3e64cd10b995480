/** A vending server of STS tokens: configuration, for vendors publish no API (XMLVend, NRS 009-6-10, is sold). */
import type { ProviderAbout } from '../../provider.ts';
import { configuredSettings } from '../configured/settings.ts';

export const stsAbout: ProviderAbout<'vending'> = {
  provider: 'sts',
  kind: 'vending',
  name: { en: 'STS vending', ar: 'نظام شحن STS' },
  category: 'local',
  authType: 'api_key',
  retrySafe: ['find'],
  settings: [...configuredSettings()],
};
