/** Any HTTP API: what is known of it without its code. */
import type { ProviderAbout } from '../../provider.ts';
import { configuredSettings } from '../configured/settings.ts';

export const genericHttpAbout: ProviderAbout<'http'> = {
  provider: 'generic_http',
  kind: 'http',
  name: { en: 'HTTP API', ar: 'واجهة HTTP عامة' },
  category: 'local',
  authType: 'api_key',
  settings: [...configuredSettings()],
};
