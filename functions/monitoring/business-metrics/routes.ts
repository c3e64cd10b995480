/** Metrics of the caller's own tenant: counters of its business. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { timestamp, utcTime } from '../../../layers/kernel/schema/common.ts';
import { businessMetricNames } from './business-catalogue.ts';
import { retentionBounds } from './metric-settings.ts';

const businessMetricView = z.object({
  name: z.enum(businessMetricNames),
  type: z.literal('counter'),
  unit: z.literal('count'),
  /** In the caller's language. */
  title: z.string(),
  /** Event whose coming is counted. */
  eventType: z.string(),
});
const settings = z.object({
  retentionDays: z.int().check(z.gte(retentionBounds.least), z.lte(retentionBounds.most)),
});
const read = 'platform:metrics:read';

export const businessMetrics = defineResource({
  name: 'business-metrics',
  base: '/api/v1/developer/metrics/business',
  title: 'Business metrics',
  routes: {
    listBusinessMetrics: {
      method: 'GET',
      path: '',
      access: read,
      summary: 'List what is counted of your tenant’s business.',
      response: z.array(businessMetricView),
    },
    getBusinessMetricSettings: {
      method: 'GET',
      path: '/settings',
      access: read,
      summary: 'How long counters are kept.',
      response: settings,
    },
    updateBusinessMetricSettings: {
      method: 'PUT',
      path: '/settings',
      access: 'platform:metrics:settings',
      summary: 'Change how long counters are kept.',
      description:
        'A shorter time hides what is older at once. What was counted before keeps the end it had: a longer time brings nothing back.',
      body: settings,
      response: settings,
    },
    readBusinessMetric: {
      method: 'GET',
      path: '/{name}',
      access: read,
      summary: 'Read a counter of your tenant as a series of hours or days; those without any are missing.',
      description:
        'The last 24 hours unless you say otherwise, 400 days at most. Hours and days are UTC. An event counts in the hour it happened in.',
      params: z.object({ name: z.enum(businessMetricNames) }),
      query: z.object({
        from: z.optional(timestamp()),
        to: z.optional(timestamp()),
        period: z._default(z.enum(['hour', 'day']), 'hour'),
      }),
      response: z.object({
        ...businessMetricView.shape,
        period: z.enum(['hour', 'day']),
        total: z.int(),
        points: z.array(z.object({ at: utcTime(), value: z.int() })),
      }),
      errors: ['unprocessable'],
    },
  },
});

export type BusinessMetricRoutes = typeof businessMetrics.routes;
