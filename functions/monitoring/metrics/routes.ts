/** Metrics of the installation, for who runs it. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { timestamp, utcTime } from '../../../layers/kernel/schema/common.ts';
import { metricNames, metricTypes, statistics } from './metric-catalogue.ts';

const metricView = z.object({
  name: z.enum(metricNames),
  type: z.enum(metricTypes),
  unit: z.enum(['count', 'percent', 'milliseconds']),
  /** In the caller's language. */
  title: z.string(),
  statistics: z.array(z.enum(statistics)),
  /** Labels under which CloudWatch keeps it. */
  labels: z.record(z.string(), z.string()),
});

export const metrics = defineResource({
  name: 'metrics',
  base: '/api/v1/developer/metrics',
  title: 'Metrics',
  routes: {
    listMetrics: {
      method: 'GET',
      path: '',
      access: 'system:metrics:read',
      summary: 'List the metrics that can be read and watched.',
      response: z.array(metricView),
    },
    readMetric: {
      method: 'GET',
      path: '/{name}',
      access: 'system:metrics:read',
      summary: 'Read a metric as a series of periods; those without data are missing.',
      description:
        'The last three hours unless you say otherwise. CloudWatch keeps minutes for 15 days, five minutes for 63 and hours ' +
        'for 455, and gives the newest minutes late.',
      params: z.object({ name: z.enum(metricNames) }),
      query: z.object({
        from: z.optional(timestamp()),
        to: z.optional(timestamp()),
        statistic: z.optional(z.enum(statistics)),
        period: z._default(z.enum(['60', '300', '900', '3600', '86400']), '300'),
      }),
      response: z.object({
        ...metricView.shape,
        statistic: z.enum(statistics),
        periodSeconds: z.int(),
        points: z.array(z.object({ at: utcTime(), value: z.number() })),
      }),
      errors: ['unprocessable'],
    },
  },
});

export type MetricRoutes = typeof metrics.routes;
