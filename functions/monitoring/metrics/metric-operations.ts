/** What can be done with metrics: listing and reading them. */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import type { Locale } from '../../../layers/kernel/i18n/locale.ts';
import { type MetricName, metricNames, metricOf } from './metric-catalogue.ts';
import { readSeries } from './read-series.ts';
import type { MetricRoutes } from './routes.ts';

const usualRangeMs = 3 * 3_600_000;

export const metricOperations: Operations<MetricRoutes> = {
  listMetrics: async ({ locale }) => ({ data: metricNames.map((name) => view(name, locale)) }),

  readMetric: async ({ params, query, locale }) => {
    const toMs = query.to === undefined ? Date.now() : Date.parse(query.to);
    const fromMs = query.from === undefined ? toMs - usualRangeMs : Date.parse(query.from);
    if (fromMs >= toMs)
      throw new AppError('unprocessable', undefined, {
        texts: { en: '"from" must be before "to".', ar: 'يجب أن يسبق "from" "to".' },
      });
    const periodSeconds = Number(query.period);
    const statistic = query.statistic ?? metricOf(params.name).statistics[0]!;
    const series = await readSeries({ metric: params.name, statistic, periodSeconds, fromMs, toMs });
    const points = series.map(({ atMs, value }) => ({ at: new Date(atMs).toISOString(), value }));
    return { data: { ...view(params.name, locale), statistic, periodSeconds, points } };
  },
};

function view(name: MetricName, locale: Locale) {
  const { type, unit, title, statistics, source } = metricOf(name);
  return { name, type, unit, title: title[locale], statistics: [...statistics], labels: source.dimensions ?? {} };
}
