/** The first page of the developer console: how events, integrations, webhooks, subscriptions, API keys and alerts do. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';

const counts = {
  successes: z.int(),
  failures: z.int(),
  successRate: z.nullable(z.number()),
};

export const overview = defineResource({
  name: 'overview',
  base: '/api/v1/developer/overview',
  title: 'Developer overview',
  routes: {
    getDeveloperOverview: {
      method: 'GET',
      path: '',
      access: 'platform:overview:read',
      summary: 'How events, integrations, webhooks, subscriptions, API keys and alerts do.',
      response: z.object({
        /** Of today and the six days before, UTC. */
        events: z.object({
          today: z.int(),
          total: z.int(),
          byType: z.record(z.string(), z.int()),
          /** Newest first; days without events are left out. */
          days: z.array(z.object({ day: z.string(), total: z.int(), byType: z.record(z.string(), z.int()) })),
        }),
        subscriptions: z.object({
          total: z.int(),
          active: z.int(),
          byHandler: z.object({ webhook: z.int(), queue: z.int(), function: z.int() }),
        }),
        /** Requests of API keys, of today and the six days before, UTC. */
        apiCalls: z.object({
          keys: z.int(),
          activeKeys: z.int(),
          usageCount: z.int(),
          clientErrors: z.int(),
          serverErrors: z.int(),
          days: z.array(
            z.object({ day: z.string(), usageCount: z.int(), clientErrors: z.int(), serverErrors: z.int() }),
          ),
        }),
        integrations: z.object({
          total: z.int(),
          active: z.int(),
          byHealth: z.object({ healthy: z.int(), degraded: z.int(), down: z.int(), unknown: z.int() }),
          /** Of the last seven days. */
          calls: z.object(counts),
        }),
        webhooks: z.object({
          total: z.int(),
          active: z.int(),
          failing: z.int(),
          /** Of the last 24 hours. */
          deliveries: z.object(counts),
        }),
        alerts: z.object({
          /** The newest two hundred at most. */
          active: z.int(),
          bySeverity: z.object({ info: z.int(), warning: z.int(), error: z.int(), critical: z.int() }),
        }),
      }),
    },
  },
});

export type OverviewRoutes = typeof overview.routes;
