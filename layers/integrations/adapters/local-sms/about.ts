/** The two local SMS providers of document 000, `local_1` and `local_2`: configuration, for they differ from country to country. */
import type { ProviderAbout } from '../../provider.ts';
import { optional, setting } from '../../setting-specs.ts';
import { configuredSettings } from '../configured/settings.ts';

const localSmsAbout = (number: 1 | 2, ar: string): ProviderAbout<'sms'> => ({
  provider: `local_${number}`,
  kind: 'sms',
  name: { en: `Local SMS provider ${number}`, ar },
  category: 'local',
  authType: 'api_key',
  settings: [...configuredSettings(), setting('sender', 'Sender', 'اسم المرسل', optional)],
});

export const localSms1About = localSmsAbout(1, 'مزود رسائل محلي 1');
export const localSms2About = localSmsAbout(2, 'مزود رسائل محلي 2');
