/** What can be done with the counters of a tenant: listing and reading them, and saying how long they are kept. */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import type { Locale } from '../../../layers/kernel/i18n/locale.ts';
import { type BusinessMetricName, businessMetricNames, businessMetricOf } from './business-catalogue.ts';
import { readHours } from './business-hours.ts';
import { changeMetricSettings, readMetricSettings } from './metric-settings.ts';
import type { BusinessMetricRoutes } from './routes.ts';

const dayMs = 86_400_000;
const maxDays = 400;

export const businessMetricOperations: Operations<BusinessMetricRoutes> = {
  listBusinessMetrics: async ({ locale }) => ({ data: businessMetricNames.map((name) => view(name, locale)) }),

  getBusinessMetricSettings: async ({ session }) => ({ data: await readMetricSettings(session) }),

  updateBusinessMetricSettings: async ({ session, body }) => {
    await changeMetricSettings(session, body.retentionDays);
    return { data: body };
  },

  readBusinessMetric: async ({ params: { name }, query: { from, to, period }, session, locale }) => {
    // The moment itself belongs to it.
    const until =
      to === undefined ? new Date(Date.parse(session.context.now()) + 1).toISOString() : new Date(to).toISOString();
    const since = new Date(from ?? Date.parse(until) - dayMs).toISOString();
    if (since >= until)
      throw new AppError('unprocessable', undefined, {
        texts: { en: '"from" must be before "to".', ar: 'يجب أن يسبق "from" "to".' },
      });
    if (Date.parse(until) - Date.parse(since) > maxDays * dayMs)
      throw new AppError('unprocessable', undefined, {
        texts: { en: `At most ${maxDays} days at a time.`, ar: `${maxDays} يومًا على الأكثر في المرة.` },
      });
    const { retentionDays } = await readMetricSettings(session);
    const points = new Map<string, number>();
    for (const { hour, count } of await readHours(session, name, since, until, retentionDays)) {
      const at = period === 'hour' ? hour : `${hour.slice(0, 10)}T00:00:00.000Z`;
      points.set(at, (points.get(at) ?? 0) + count);
    }
    return {
      data: {
        ...view(name, locale),
        period,
        total: [...points.values()].reduce((sum, value) => sum + value, 0),
        points: [...points].map(([at, value]) => ({ at, value })),
      },
    };
  },
};

function view(name: BusinessMetricName, locale: Locale) {
  const { title, eventType } = businessMetricOf(name);
  return { name, type: 'counter' as const, unit: 'count' as const, title: title[locale], eventType };
}
