/** What a utility's paper looks like in a language: its name, logo and foot, its digits. */
import type { DisplayStyle } from '../../../layers/documents/display.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { logoBytes, readMessageSettings } from '../messages/message-settings.ts';
import type { Letterhead } from './document-frame.ts';
import type { DocumentLanguage } from './document-schema.ts';

export async function letterheadOf(
  session: TenantSession,
  language: DocumentLanguage,
): Promise<{ letterhead: Letterhead; style: DisplayStyle; timeZone: string }> {
  const [settings, profile] = await Promise.all([readMessageSettings(session), tenantProfile(session)]);
  return {
    letterhead: {
      utility: settings.utilityName?.[language] ?? profile.name,
      logo: settings.logo === undefined ? undefined : logoBytes(settings.logo),
      footer: settings.footer?.[language],
    },
    style: { language, digits: settings.digits },
    timeZone: profile.timeZone,
  };
}
