/** Google Calendar, API version 3: events of one calendar, with a refresh token that its owner granted. */
import { accessToken } from '../../access-tokens.ts';
import { type CalendarEvent, defineProvider, type ProviderContext, ProviderError } from '../../provider.ts';
import { listAt, optionalTextAt, textAt } from '../../read-path.ts';
import { type RestClient, restClient } from '../../rest-client.ts';
import { googleCalendarAbout } from './about.ts';

/** Pages of 250 events; more than this are no range a person looks at. */
const maxPages = 20;

export const googleCalendar = defineProvider({
  ...googleCalendarAbout,
  async check(context) {
    const calendar = encodeURIComponent(context.settings['calendar_id']!);
    await clientOf(context).json({ method: 'GET', path: `/calendars/${calendar}`, effect: 'read' });
  },
  operations: (context) => {
    const client = clientOf(context);
    const events = `/calendars/${encodeURIComponent(context.settings['calendar_id']!)}/events`;
    const eventPath = (id: string) => `${events}/${encodeURIComponent(id)}`;
    return {
      async createEvent(event) {
        const made = await client.json({ method: 'POST', path: events, effect: 'message', json: bodyOf(event) });
        return { providerReference: textAt(made, 'id') };
      },
      async updateEvent(id, event) {
        await client.json({ method: 'PUT', path: eventPath(id), effect: 'message', json: bodyOf(event) });
      },
      async deleteEvent(id) {
        try {
          await client.text({ method: 'DELETE', path: eventPath(id), effect: 'message' });
        } catch (error) {
          // 410: deleted before.
          if (!(error instanceof ProviderError) || error.providerCode !== 'deleted') throw error;
        }
      },
      async listEvents({ from, to }) {
        const found: (CalendarEvent & { providerReference: string })[] = [];
        let pageToken: string | undefined;
        for (let page = 0; page < maxPages; page += 1) {
          const answer = await client.json({
            method: 'GET',
            path: events,
            effect: 'read',
            query: {
              timeMin: from,
              timeMax: to,
              singleEvents: 'true',
              orderBy: 'startTime',
              maxResults: '250',
              pageToken,
            },
          });
          found.push(...listAt(answer, 'items').map(eventOf));
          pageToken = optionalTextAt(answer, 'nextPageToken');
          if (pageToken === undefined) return found;
        }
        throw new ProviderError('rejected', 'The range holds too many events.');
      },
    };
  },
});

const clientOf = (context: ProviderContext): RestClient =>
  restClient(context, {
    baseUrl: context.settings['api_url']!,
    headers: async () => ({ authorization: `Bearer ${await tokenOf(context)}` }),
    errorPaths: { code: ['error.errors[0].reason', 'error.status'], message: ['error.message'] },
    // https://developers.google.com/workspace/calendar/api/guides/errors
    codes: {
      authError: 'configuration',
      rateLimitExceeded: 'rate_limited',
      userRateLimitExceeded: 'rate_limited',
      quotaExceeded: 'rate_limited',
      backendError: 'unavailable',
      conditionNotMet: 'rejected',
    },
  });

function tokenOf(context: ProviderContext): Promise<string> {
  const { settings } = context;
  return accessToken(context, {
    url: settings['token_url']!,
    form: {
      grant_type: 'refresh_token',
      client_id: settings['client_id'],
      client_secret: settings['client_secret'],
      refresh_token: settings['refresh_token'],
    },
  });
}

function bodyOf({ title, description, start, end, timeZone, attendees }: CalendarEvent): unknown {
  const zone = timeZone === undefined ? {} : { timeZone };
  return {
    summary: title,
    ...(description === undefined ? {} : { description }),
    start: { dateTime: start, ...zone },
    end: { dateTime: end, ...zone },
    ...(attendees === undefined ? {} : { attendees: attendees.map((email) => ({ email })) }),
  };
}

/** Events of whole days have a date and no time. */
function eventOf(item: unknown): CalendarEvent & { providerReference: string } {
  const time = (edge: 'start' | 'end'): string =>
    optionalTextAt(item, `${edge}.dateTime`) ?? textAt(item, `${edge}.date`);
  const description = optionalTextAt(item, 'description');
  const timeZone = optionalTextAt(item, 'start.timeZone');
  const attendees = listAt(item, 'attendees').map((attendee) => textAt(attendee, 'email'));
  return {
    providerReference: textAt(item, 'id'),
    title: optionalTextAt(item, 'summary') ?? '',
    start: time('start'),
    end: time('end'),
    ...(description === undefined ? {} : { description }),
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(attendees.length === 0 ? {} : { attendees }),
  };
}
