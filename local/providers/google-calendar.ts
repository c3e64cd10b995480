/** Google Calendar, API version 3. @see https://developers.google.com/workspace/calendar/api/v3/reference/events */
import { randomUUID } from 'node:crypto';
import type { CreateSimulator, SimAnswer } from './types.ts';

const clientSecret = 'GOCSPX-simulatedCalendar01';
const refreshToken = '1//simulated-refresh-token';
const accessToken = 'ya29.simulated-calendar-token';
const error = (code: number, reason: string, message: string): SimAnswer => ({
  status: code,
  json: { error: { code, message, errors: [{ domain: 'global', reason, message }] } },
});

export const googleCalendar: CreateSimulator = ({ url, record }) => {
  const events = new Map<string, any>();
  const base = '/calendar/v3/calendars/primary';
  return {
    provider: 'google_calendar',
    settings: {
      api_url: `${url}/calendar/v3`,
      token_url: `${url}/token`,
      client_id: 'simulated.apps.googleusercontent.com',
      client_secret: clientSecret,
      refresh_token: refreshToken,
      calendar_id: 'primary',
    },
    isPreliminary: ({ path }) => path === '/token',
    answer({ method, path, headers, query, form, json: read }) {
      if (path === '/token') {
        if (form().get('client_secret') !== clientSecret)
          return {
            status: 401,
            json: { error: 'invalid_client', error_description: `Unauthorized ${form().get('client_secret')}` },
          };
        if (form().get('refresh_token') !== refreshToken)
          return {
            status: 400,
            json: { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' },
          };
        return { json: { access_token: accessToken, expires_in: 3599, token_type: 'Bearer' } };
      }
      if (headers['authorization'] !== `Bearer ${accessToken}`) return error(401, 'authError', 'Invalid Credentials');
      if (path === base) return { json: { kind: 'calendar#calendar', id: 'primary', summary: 'Mizan' } };
      if (path === `${base}/events`) {
        if (method === 'GET') {
          const [from, to] = [query.get('timeMin') ?? '', query.get('timeMax') ?? '\uffff'].map((time) =>
            Date.parse(time),
          );
          // Pages of two, so that paging is used.
          const found = [...events.values()].filter(
            ({ start, end }) => !(Date.parse(end.dateTime) <= from! || Date.parse(start.dateTime) >= to!),
          );
          const first = Number(query.get('pageToken') ?? 0);
          const more = first + 2 < found.length ? { nextPageToken: String(first + 2) } : {};
          return { json: { kind: 'calendar#events', items: found.slice(first, first + 2), ...more } };
        }
        const event = read();
        if (!event.start?.dateTime || !event.end?.dateTime) return error(400, 'required', 'Missing end time.');
        const id = randomUUID().replaceAll('-', '');
        events.set(id, { ...event, id, status: 'confirmed' });
        record('event', { id, ...event });
        return { json: events.get(id) };
      }
      const id = path.replace(`${base}/events/`, '');
      if (!events.has(id)) return error(410, 'deleted', 'Resource has been deleted');
      if (method === 'DELETE') {
        events.delete(id);
        record('deletion', { id });
        return { status: 204, text: '' };
      }
      if (method !== 'PUT') return undefined;
      events.set(id, { ...read(), id, status: 'confirmed' });
      return { json: events.get(id) };
    },
    failure: (kind) =>
      ({
        reject: error(400, 'timeRangeEmpty', 'The specified time range is empty.'),
        unauthorized: error(403, 'forbiddenForNonOrganizer', 'Forbidden'),
        rate_limited: { ...error(403, 'rateLimitExceeded', 'Rate Limit Exceeded'), headers: { 'retry-after': '7' } },
        error: error(500, 'backendError', 'Backend Error'),
      })[kind],
  };
};
