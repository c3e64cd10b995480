/** Counts of an endpoint by hour and over a span. */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import type { WebhookRoutes } from './routes.ts';
import { type WebhookHour, webhookEntity, webhookHourEntity } from './webhook-entity.ts';

const longestSpanMs = 31 * 86_400_000;
const defaultSpanMs = 86_400_000;
const steps = [
  [100, 'd100'],
  [300, 'd300'],
  [1000, 'd1000'],
  [3000, 'd3000'],
  [10_000, 'd10000'],
  [null, 'dInf'],
] as const;

export const getWebhookStats: Operation<WebhookRoutes['getWebhookStats']> = async ({ session, params, query }) => {
  await session.require(webhookEntity, params);
  const to = query.to ?? session.context.now();
  const from = query.from ?? new Date(Date.parse(to) - defaultSpanMs).toISOString();
  if (Date.parse(to) - Date.parse(from) > longestSpanMs || from > to)
    throw new AppError('validation_failed', undefined, {
      details: [{ in: 'query', path: '/from', message: '"from" is before "to" by 31 days at most.' }],
    });
  const { items } = await session.query<WebhookHour>(webhookHourEntity, {
    pk: ['WEBHOOK-HOURS', params.id],
    from: [from.slice(0, 13)],
    to: [to.slice(0, 13)],
    limit: 1000,
  });
  const total = summarise(items);
  const attempts = total.successes + total.failures;
  return {
    data: {
      ...total,
      successRate: attempts === 0 ? null : Math.round((total.successes / attempts) * 10_000) / 10_000,
      hours: items.map((hour) => ({ hour: `${hour.hour}:00:00.000Z`, ...summarise([hour]) })),
    },
  };
};

function summarise(hours: readonly WebhookHour[]) {
  const sum = (name: Exclude<keyof WebhookHour, 'hour' | 'webhookId'>): number =>
    hours.reduce((total, hour) => total + (hour[name] ?? 0), 0);
  const successes = sum('successes');
  const failures = sum('failures');
  const attempts = successes + failures;
  const percentile = (share: number): number | null => {
    let seen = 0;
    for (const [bound, name] of steps) {
      seen += sum(name);
      if (seen >= attempts * share) return bound;
    }
    return null;
  };
  return {
    successes,
    failures,
    exhausted: sum('exhausted'),
    averageDurationMs: attempts === 0 ? null : Math.round(sum('durationMs') / attempts),
    p50DurationMs: attempts === 0 ? null : percentile(0.5),
    p95DurationMs: attempts === 0 ? null : percentile(0.95),
  };
}
