/** Alerts of the tenant: what asks for attention, who took it, how it ended. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { generatedId, label, timestamp, utcTime } from '../../../layers/kernel/schema/common.ts';
import { alertSeverities, alertTypes } from '../events.ts';

const alertView = z.object({
  id: z.string(),
  alertType: z.enum(alertTypes),
  severity: z.enum(alertSeverities),
  /** In the caller's language. */
  title: z.string(),
  titles: z.object({ en: z.string(), ar: z.string() }),
  description: z.nullable(z.string()),
  sourceSystem: z.string(),
  sourceRuleId: z.nullable(z.string()),
  alertData: z.nullable(z.record(z.string(), z.unknown())),
  status: z.enum(['active', 'acknowledged', 'resolved', 'suppressed']),
  occurrences: z.int(),
  lastSeenAt: utcTime(),
  acknowledgedAt: z.nullable(utcTime()),
  acknowledgedBy: z.nullable(z.string()),
  resolvedAt: z.nullable(utcTime()),
  resolvedBy: z.nullable(z.string()),
  resolutionNotes: z.nullable(z.string()),
  suppressedUntil: z.nullable(utcTime()),
  suppressedBy: z.nullable(z.string()),
  escalatedAt: z.nullable(utcTime()),
  createdAt: utcTime(),
  expiresAt: z.nullable(utcTime()),
  version: z.int(),
});

export type AlertView = z.infer<typeof alertView>;

const params = z.object({ id: generatedId('alt') });
const read = 'platform:alerts:read';
const write = 'platform:alerts:write';

export const alerts = defineResource({
  name: 'alerts',
  base: '/api/v1/developer/alerts',
  title: 'Alerts',
  routes: {
    listAlerts: {
      method: 'GET',
      path: '',
      access: read,
      summary: 'List alerts, newest first.',
      query: z.object({
        status: z.optional(z.enum(['active', 'acknowledged', 'resolved', 'suppressed'])),
        severity: z.optional(z.enum(alertSeverities)),
        alertType: z.optional(z.enum(alertTypes)),
        sourceSystem: z.optional(label(50)),
      }),
      response: z.array(alertView),
      paginated: true,
    },
    getAlert: {
      method: 'GET',
      path: '/{id}',
      access: read,
      summary: 'Get one alert.',
      params,
      response: alertView,
      errors: ['not_found'],
    },
    acknowledgeAlert: {
      method: 'POST',
      path: '/{id}/acknowledge',
      access: write,
      summary: 'Take an alert on; it stays open until it is resolved.',
      params,
      response: alertView,
      status: 200,
      errors: ['not_found', 'conflict'],
    },
    suppressAlert: {
      method: 'POST',
      path: '/{id}/suppress',
      access: write,
      summary: 'Silence an open alert until a time: raised again it is counted, and tells nobody.',
      params,
      body: z.object({
        /** At most 30 days ahead. */
        until: timestamp(),
      }),
      response: alertView,
      status: 200,
      errors: ['not_found', 'conflict', 'unprocessable'],
    },
    resolveAlert: {
      method: 'POST',
      path: '/{id}/resolve',
      access: write,
      summary: 'Close an alert; raised again, it becomes a new one.',
      params,
      body: z.optional(z.object({ resolutionNotes: z.optional(label(5000)) })),
      response: alertView,
      status: 200,
      errors: ['not_found', 'conflict'],
    },
  },
});

export type AlertRoutes = typeof alerts.routes;
