/** Manifest of the monitoring domain: alert rules and their evaluation, logs, metrics, dead letters. */
import { defineDomain } from '../../layers/kernel/domain/manifest.ts';
import { systemAlert, systemAlertEscalated } from '../platform/events.ts';
import { alertRules } from './alert-rules/routes.ts';
import { businessMetrics } from './business-metrics/routes.ts';
import { deadLetters } from './dead-letters/routes.ts';
import { logs } from './logs/routes.ts';
import { metrics } from './metrics/routes.ts';

const folder = 'functions/monitoring';
const http = { tables: { monitoring: 'readWrite', limits: 'write' } } as const;
const table = { monitoring: 'readWrite' } as const;
const operator = { OPERATOR_TENANT: '${stage.operatorTenant}' };
const addresses = { ALLOW_LOOPBACK_WEBHOOKS: '${stage.webhooksMayReachLoopback}' };

export const monitoring = defineDomain({
  name: 'monitoring',
  tables: { monitoring: { outbox: true } },
  // Alerts are the platform's events; this domain publishes them through its own outbox.
  events: [],
  resources: [
    {
      resource: alertRules,
      entry: `${folder}/alert-rules/handler.ts`,
      access: { ...http, keys: { secrets: 'encrypt' } },
      environment: { ...operator, ...addresses },
    },
    {
      resource: businessMetrics,
      entry: `${folder}/business-metrics/handler.ts`,
      access: http,
    },
    {
      resource: deadLetters,
      entry: `${folder}/dead-letters/handler.ts`,
      access: { ...http, deadLetters: true },
    },
    {
      resource: logs,
      entry: `${folder}/logs/handler.ts`,
      // A search of a day of a large installation takes its time.
      timeoutSeconds: 28,
      access: { tables: { limits: 'write' }, logs: true },
    },
    {
      resource: metrics,
      entry: `${folder}/metrics/handler.ts`,
      access: { tables: { limits: 'write' }, metrics: true },
    },
  ],
  subscribers: [
    {
      name: 'event-rules',
      entry: `${folder}/evaluation/evaluate-events.ts`,
      events: ['*'],
      batchSize: 10,
      access: { tables: table },
      environment: operator,
    },
    {
      name: 'alert-actions',
      entry: `${folder}/actions/run-actions.ts`,
      events: [systemAlert.type, systemAlertEscalated.type],
      batchSize: 5,
      timeoutSeconds: 120,
      access: {
        tables: { ...table, platform: 'read' },
        keys: { secrets: 'decrypt' },
        email: true,
        textMessages: true,
        internet: true,
      },
      environment: { ...operator, ...addresses },
    },
  ],
  schedules: [
    {
      name: 'metric-rules',
      entry: `${folder}/evaluation/evaluate-metrics.ts`,
      schedule: 'rate(5 minutes)',
      access: { tables: table, metrics: true },
      environment: operator,
    },
    {
      name: 'business-rules',
      entry: `${folder}/evaluation/evaluate-business-metrics.ts`,
      // Counters are by the hour; the last one is complete some minutes after its end.
      schedule: 'cron(15 * * * ? *)',
      timeoutSeconds: 300,
      access: { tables: { ...table, identity: 'read' } },
      environment: operator,
    },
  ],
  alarms: [
    {
      metric: 'AlertRulesFailed',
      threshold: 3,
      description: 'Alert rules cannot be judged: alerts of the installation do not come.',
      runbook: 'alert-rules',
    },
  ],
});
