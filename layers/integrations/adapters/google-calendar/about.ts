/** Google Calendar: what is known of it without its code. */
import type { ProviderAbout } from '../../provider.ts';
import { apiUrl, secret, setting } from '../../setting-specs.ts';

export const googleCalendarAbout: ProviderAbout<'calendar'> = {
  provider: 'google_calendar',
  kind: 'calendar',
  name: { en: 'Google Calendar', ar: 'تقويم جوجل' },
  category: 'international',
  authType: 'oauth2',
  documentation: 'https://developers.google.com/workspace/calendar/api/v3/reference/events',
  retrySafe: ['updateEvent', 'deleteEvent', 'listEvents'],
  settings: [
    setting('client_id', 'Client id', 'معرف العميل'),
    secret('client_secret', 'Client secret', 'سر العميل'),
    secret('refresh_token', 'Refresh token', 'رمز التحديث'),
    setting('calendar_id', 'Calendar', 'التقويم', { default: 'primary' }),
    apiUrl('https://www.googleapis.com/calendar/v3'),
    setting('token_url', 'Address for tokens', 'عنوان الرموز', { default: 'https://oauth2.googleapis.com/token' }),
  ],
};
