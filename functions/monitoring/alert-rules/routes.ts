/** Alert rules of the tenant: what raises an alert, how it reads, and who hears of it. */
import * as z from 'zod/mini';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { utcTime } from '../../../layers/kernel/schema/common.ts';
import { ruleInput, ruleView } from './schemas.ts';

const params = z.object({
  id: z.string().check(z.regex(/^(alr_[0-9A-HJKMNP-TV-Z]{26}|[a-z]+(-[a-z]+){1,3})$/, 'Not an id of an alert rule.')),
});
const read = 'platform:alert_rules:read';
const write = 'platform:alert_rules:write';

export const alertRules = defineResource({
  name: 'alert-rules',
  base: '/api/v1/developer/alert-rules',
  title: 'Alert rules',
  routes: {
    listAlertRules: {
      method: 'GET',
      path: '',
      access: read,
      summary: 'List alert rules, those that come with the product first.',
      response: z.array(ruleView),
    },
    getAlertRule: {
      method: 'GET',
      path: '/{id}',
      access: read,
      summary: 'Get one alert rule.',
      params,
      response: ruleView,
      errors: ['not_found'],
    },
    createAlertRule: {
      method: 'POST',
      path: '',
      access: write,
      summary: 'Create an alert rule.',
      description:
        'Every tenant has rules on its events and on its own counters; rules on metrics of the installation are for the tenant that runs it.',
      body: ruleInput,
      response: ruleView,
      errors: ['unprocessable', 'forbidden'],
    },
    updateAlertRule: {
      method: 'PUT',
      path: '/{id}',
      access: write,
      summary: 'Replace an alert rule, or a default one by a rule of your own.',
      params,
      body: ruleInput,
      response: ruleView,
      errors: ['not_found', 'version_conflict', 'unprocessable', 'forbidden'],
    },
    deleteAlertRule: {
      method: 'DELETE',
      path: '/{id}',
      access: write,
      summary: 'Delete an alert rule; one that replaced a default rule gives way to it again.',
      params,
      errors: ['not_found', 'version_conflict', 'conflict'],
    },
    getAlertRuleHistory: historyRoute(read, 'alert rule', params),
    listAlertActions: {
      method: 'GET',
      path: '/{id}/actions',
      access: read,
      summary: 'What the actions of a rule came to, newest first; kept for 30 days.',
      params,
      response: z.array(
        z.object({
          eventId: z.string(),
          actionId: z.string(),
          type: z.string(),
          status: z.enum(['sent', 'failed', 'suppressed']),
          errorMessage: z.nullable(z.string()),
          at: utcTime(),
        }),
      ),
      paginated: true,
      errors: ['not_found'],
    },
  },
});

export type AlertRuleRoutes = typeof alertRules.routes;
