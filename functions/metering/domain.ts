/** Manifest of the metering domain: meters, their readings, and everything devices send. */
import { defineDomain } from '../../layers/kernel/domain/manifest.ts';
import { iot } from './devices/routes.ts';
import { meteringEvents } from './events.ts';
import { selectMessage } from './ingest/device-message.ts';
import { liveReadings } from './live-readings/routes.ts';
import { meters } from './meters/routes.ts';
import { meterModels } from './models/routes.ts';
import { readingEdits } from './reading-edits/routes.ts';
import { readings } from './readings/routes.ts';
import { rejectedReadings } from './rejected-readings/routes.ts';
import { usageEdits } from './usage-edits/routes.ts';

const folder = 'functions/metering';
const limits = { limits: 'write' } as const;

export const metering = defineDomain({
  name: 'metering',
  tables: { metering: { indexes: ['gsi1', 'gsi2'], outbox: true }, readings: {} },
  // Older versions are what a bad one goes back to.
  buckets: { 'device-firmware': { browserAccess: true } },
  events: meteringEvents,
  resources: [
    {
      resource: iot,
      entry: `${folder}/devices/handler.ts`,
      access: {
        tables: { metering: 'readWrite', readings: 'read', identity: 'readWrite', scada: 'read', ...limits },
        buckets: { 'device-firmware': 'readWrite' },
      },
      timeoutSeconds: 29,
    },
    {
      resource: meters,
      entry: `${folder}/meters/handler.ts`,
      access: { tables: { metering: 'readWrite', readings: 'readWrite', identity: 'read', scada: 'read', ...limits } },
    },
    {
      resource: meterModels,
      entry: `${folder}/models/handler.ts`,
      access: { tables: { metering: 'readWrite', ...limits } },
    },
    {
      resource: readings,
      entry: `${folder}/readings/handler.ts`,
      access: { tables: { metering: 'readWrite', readings: 'write', ...limits } },
    },
    {
      resource: readingEdits,
      entry: `${folder}/reading-edits/handler.ts`,
      access: { tables: { metering: 'readWrite', readings: 'readWrite', identity: 'read', ...limits } },
    },
    {
      resource: usageEdits,
      entry: `${folder}/usage-edits/handler.ts`,
      access: { tables: { metering: 'readWrite', readings: 'read', identity: 'read', ...limits } },
    },
    {
      resource: liveReadings,
      entry: `${folder}/live-readings/handler.ts`,
      access: { tables: { metering: 'read', readings: 'read', scada: 'read', telemetry: 'read', ...limits } },
    },
    {
      resource: rejectedReadings,
      entry: `${folder}/rejected-readings/handler.ts`,
      access: { tables: { metering: 'readWrite', readings: 'write', scada: 'read', ...limits } },
      timeoutSeconds: 29,
    },
  ],
  consumers: [
    {
      name: 'iot-status',
      entry: `${folder}/devices/status-consumer.ts`,
      queue: { name: 'iot-status' },
      access: { tables: { metering: 'readWrite', scada: 'read' } },
    },
    {
      name: 'ingest',
      entry: `${folder}/ingest/handler.ts`,
      queue: { name: 'ingest' },
      // A second's wait gathers a fleet's readings into few writes and events; a lone reading waits no longer.
      batchSize: 1000,
      batchWindowSeconds: 1,
      memoryMb: 512,
      access: { tables: { metering: 'readWrite', readings: 'write', scada: 'read' } },
    },
    {
      name: 'device-events',
      entry: `${folder}/device-events/handler.ts`,
      queue: { name: 'device-events' },
      access: { tables: { metering: 'readWrite', scada: 'read' } },
    },
  ],
  subscribers: [
    {
      name: 'publish-configurations',
      entry: `${folder}/devices/publish-configurations.ts`,
      events: ['iot.configuration_issued', 'iot.device_retired'],
      access: { tables: { metering: 'read' }, retainTopics: ['acrel/*/device/*/config'] },
    },
    {
      name: 'revoke-credentials',
      entry: `${folder}/devices/revoke-ended-credentials.ts`,
      events: ['iot.credential_ended'],
      access: { tables: { identity: 'readWrite' } },
    },
  ],
  schedules: [
    {
      name: 'watch-devices',
      entry: `${folder}/devices/watch-devices.ts`,
      schedule: 'rate(15 minutes)',
      timeoutSeconds: 300,
      access: { tables: { metering: 'readWrite', readings: 'read', identity: 'read' } },
    },
  ],
  topicRules: [
    { name: 'iot-status', sql: `${selectMessage} FROM 'acrel/+/device/+/status'`, queue: 'iot-status' },
    { name: 'meter-data', sql: `${selectMessage} FROM 'acrel/+/meter/+/data'`, queue: 'ingest' },
    { name: 'meter-alert', sql: `${selectMessage} FROM 'acrel/+/meter/+/alert'`, queue: 'device-events' },
    { name: 'meter-status', sql: `${selectMessage} FROM 'acrel/+/meter/+/status'`, queue: 'device-events' },
    {
      name: 'infrastructure-data',
      sql: `${selectMessage} FROM 'acrel/+/infrastructure/+/data'`,
      queue: 'device-events',
    },
  ],
  alarms: [
    {
      metric: 'MessagesOfUnknownStations',
      threshold: 50,
      description: 'Devices publish for a station that no tenant has registered.',
      runbook: 'unknown-stations',
    },
  ],
});
