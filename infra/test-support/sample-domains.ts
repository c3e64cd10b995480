/** Two small domains that use everything a manifest can say, so that tests do not depend on what the real ones need today. */
import * as z from 'zod/mini';
import { defineDomain } from '../../layers/kernel/domain/manifest.ts';
import { defineEvent } from '../../layers/kernel/events/define-event.ts';
import { defineResource, type Resource, type Route } from '../../layers/kernel/http/route.ts';

const route = (method: Route['method'], path: string, access: Route['access']): Route => ({
  method,
  path,
  access,
  summary: 'A route.',
});

const entry = 'infra/test-support/sample-handler.ts';

export const sampleEvent = defineEvent({
  type: 'gauge.read',
  source: 'gauging',
  schemaVersion: 1,
  aggregateType: 'gauge',
  summary: { en: 'A gauge was read.', ar: 'تمت قراءة مقياس.' },
  payload: z.object({ value: z.number() }),
  example: { value: 1 },
});

export const access = defineDomain({
  name: 'access',
  tables: { accounts: { indexes: ['gsi1'] } },
  events: [],
  resources: [
    {
      resource: defineResource({
        name: 'sessions',
        base: '/api/v1/sessions',
        title: 'Sessions',
        routes: {
          openSession: route('POST', '', 'public'),
          refreshSession: route('POST', '/refresh', 'public'),
          closeSession: route('POST', '/close', 'authenticated'),
        },
      }) as Resource<any>,
      entry,
      access: { tables: { accounts: 'readWrite' }, keys: { signing: 'sign' } },
    },
  ],
  functions: [
    { name: 'authorize-request', entry, access: { tables: { accounts: 'read' }, keys: { signing: 'publicKey' } } },
    {
      name: 'authorize-device',
      entry,
      access: { tables: { accounts: 'read' } },
      environment: { ANONYMOUS_DEVICE_TENANT: '${stage.anonymousDevicesTenant}' },
    },
  ],
});

export const gauging = defineDomain({
  name: 'gauging',
  tables: { gauges: { indexes: ['gsi1', 'gsi2'], outbox: true }, values: {} },
  buckets: { exports: { expireAfterDays: 30, browserAccess: true } },
  events: [sampleEvent],
  resources: [
    {
      resource: defineResource({
        name: 'gauges',
        base: '/api/gauging/gauges',
        title: 'Gauges',
        routes: {
          listGauges: route('GET', '', 'gauging:gauges:read'),
          getGauge: route('GET', '/{id}', 'gauging:gauges:read'),
        },
      }) as Resource<any>,
      entry,
      access: { tables: { gauges: 'read', values: 'read', accounts: 'read' }, buckets: { exports: 'readWrite' } },
    },
    {
      resource: defineResource({
        name: 'console',
        base: '/',
        title: 'Console',
        routes: { getConsole: route('GET', '', 'public'), getFile: route('GET', '/{file}', 'public') },
      }) as Resource<any>,
      entry,
      access: {},
      environment: { LOOPBACK: '${stage.webhooksMayReachLoopback}', FIXED: 'yes' },
    },
  ],
  subscribers: [
    { name: 'push-live', entry, access: { tables: { gauges: 'write' }, webSocket: true }, events: ['gauge.read'] },
    {
      name: 'recorder',
      entry,
      access: { queues: ['work'] },
      events: ['gauge.*', '*'],
      batchSize: 100,
      batchWindowSeconds: 1,
      maxConcurrency: 5,
    },
  ],
  consumers: [
    {
      name: 'ingest',
      entry,
      access: { tables: { values: 'write' } },
      queue: { name: 'ingest', maxReceiveCount: 3 },
      timeoutSeconds: 30,
    },
    {
      name: 'worker',
      entry,
      access: { queues: ['work'], keys: { secrets: 'encryptDecrypt' } },
      queue: { name: 'work' },
      reservedConcurrency: 4,
    },
  ],
  topicRules: [{ name: 'gauge-data', sql: "SELECT * FROM 'acrel/+/gauge/+/data'", queue: 'ingest' }],
  schedules: [{ name: 'sweep', entry, access: { publishTopics: ['acrel/*'] }, schedule: 'rate(1 minute)' }],
  functions: [
    { name: 'websocket-connect', entry, access: { tables: { gauges: 'readWrite' } } },
    { name: 'websocket-disconnect', entry, access: { tables: { gauges: 'readWrite' } } },
    { name: 'websocket-message', entry, access: { tables: { gauges: 'readWrite' }, webSocket: true } },
  ],
  alarms: [{ metric: 'gaugesLost', threshold: 10, description: 'Gauges stopped reporting.', runbook: 'ingest-lag' }],
});
