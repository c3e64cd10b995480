/** Manifest of the scada domain: stations, their gateways, devices and points, alarms, controls, the network, the live channels. */
import { defineDomain } from '../../layers/kernel/domain/manifest.ts';
import { alarms } from './alarms/routes.ts';
import { commands } from './commands/routes.ts';
import { configurations } from './configurations/routes.ts';
import { controls } from './controls/routes.ts';
import { devices } from './devices/routes.ts';
import * as events from './events.ts';
import { gateways } from './gateways/routes.ts';
import { points } from './points/routes.ts';
import { profiles } from './profiles/routes.ts';
import { protocols } from './protocols/routes.ts';
import { readings } from './readings/routes.ts';
import { settings } from './settings/routes.ts';
import { stations } from './stations/routes.ts';
import { topicRules } from './topic-rules.ts';
import { topology } from './topology/routes.ts';

const folder = 'functions/scada';
const limits = { limits: 'write' } as const;
/** Down to the gateways of stations. */
const sendsCommands = { publishTopics: ['mizan/*/platform/commands'] };
const sendsConfigurations = { publishTopics: ['mizan/*/platform/config'] };

export const scada = defineDomain({
  name: 'scada',
  tables: { scada: { indexes: ['gsi1', 'gsi2'], outbox: true }, telemetry: {} },
  events: Object.values(events),
  resources: [
    {
      resource: stations,
      entry: `${folder}/stations/handler.ts`,
      access: { tables: { scada: 'readWrite', telemetry: 'read', ...limits } },
    },
    {
      resource: protocols,
      entry: `${folder}/protocols/handler.ts`,
      access: { tables: { scada: 'readWrite', ...limits } },
    },
    {
      resource: devices,
      entry: `${folder}/devices/handler.ts`,
      access: { tables: { scada: 'readWrite', telemetry: 'read', ...limits }, ...sendsCommands },
    },
    { resource: profiles, entry: `${folder}/profiles/handler.ts`, access: { tables: { ...limits } } },
    {
      resource: points,
      entry: `${folder}/points/handler.ts`,
      // An import of thousands takes seconds, and CPU comes with memory.
      memoryMb: 512,
      timeoutSeconds: 29,
      access: { tables: { scada: 'readWrite', telemetry: 'read', ...limits } },
    },
    {
      resource: gateways,
      entry: `${folder}/gateways/handler.ts`,
      access: { tables: { scada: 'readWrite', identity: 'readWrite', ...limits } },
    },
    {
      resource: configurations,
      entry: `${folder}/configurations/handler.ts`,
      // The document of a hundred thousand points is some thirty megabytes before it is packed.
      memoryMb: 1024,
      timeoutSeconds: 29,
      access: { tables: { scada: 'readWrite', ...limits }, ...sendsConfigurations },
    },
    {
      resource: readings,
      entry: `${folder}/readings/handler.ts`,
      memoryMb: 512,
      timeoutSeconds: 29,
      access: { tables: { scada: 'read', telemetry: 'read', identity: 'read', ...limits } },
    },
    {
      resource: alarms,
      entry: `${folder}/alarms/handler.ts`,
      access: { tables: { scada: 'readWrite', ...limits } },
    },
    {
      resource: controls,
      entry: `${folder}/controls/handler.ts`,
      access: { tables: { scada: 'readWrite', telemetry: 'read', ...limits }, ...sendsCommands },
    },
    {
      resource: commands,
      entry: `${folder}/commands/handler.ts`,
      access: { tables: { scada: 'readWrite', identity: 'read', ...limits }, ...sendsCommands },
    },
    {
      resource: topology,
      entry: `${folder}/topology/handler.ts`,
      timeoutSeconds: 29,
      access: { tables: { scada: 'readWrite', metering: 'read', ...limits } },
    },
    {
      resource: settings,
      entry: `${folder}/settings/handler.ts`,
      access: { tables: { scada: 'readWrite', ...limits } },
    },
  ],
  functions: [
    {
      name: 'websocket-connect',
      entry: `${folder}/realtime/websocket-connect.ts`,
      access: { tables: { scada: 'readWrite', ...limits } },
    },
    {
      name: 'websocket-disconnect',
      entry: `${folder}/realtime/websocket-disconnect.ts`,
      access: { tables: { scada: 'readWrite' } },
    },
    {
      name: 'websocket-message',
      entry: `${folder}/realtime/websocket-message.ts`,
      access: { tables: { scada: 'readWrite', ...limits } },
    },
  ],
  consumers: [
    {
      name: 'take-values',
      entry: `${folder}/ingest/values-handler.ts`,
      queue: { name: 'gateway-values' },
      // A second's wait puts what a station sends in it into few writes; six megabytes is all a function is given.
      batchSize: 100,
      batchWindowSeconds: 1,
      memoryMb: 512,
      access: { tables: { scada: 'readWrite', telemetry: 'readWrite' }, queues: ['live-values'] },
    },
    {
      name: 'take-alarms',
      entry: `${folder}/ingest/alarms-handler.ts`,
      queue: { name: 'gateway-alarms' },
      access: { tables: { scada: 'readWrite' } },
    },
    {
      name: 'take-reports',
      entry: `${folder}/ingest/reports-handler.ts`,
      queue: { name: 'gateway-reports' },
      access: { tables: { scada: 'readWrite' }, ...sendsConfigurations },
    },
    {
      name: 'push-values',
      entry: `${folder}/realtime/push-values.ts`,
      queue: { name: 'live-values', maxReceiveCount: 2 },
      batchSize: 10,
      access: { tables: { scada: 'readWrite' }, webSocket: true },
    },
  ],
  topicRules,
  subscribers: [
    {
      name: 'push-live',
      entry: `${folder}/realtime/push-live.ts`,
      events: [
        'meter.reading',
        'meter.alert',
        'meter.status_changed',
        'asset.reading_received',
        'system.alert',
        'station.updated',
        'station.configuration_applied',
        'station.configuration_refused',
        'alert.*',
        'gateway.status_changed',
        'protocol.status_changed',
        'device.status_changed',
        'control.command_updated',
        'network.*',
      ],
      batchSize: 10,
      access: { tables: { scada: 'readWrite' }, webSocket: true },
    },
    {
      name: 'switch-changed-supply',
      entry: `${folder}/subscribers/switch-changed-supply.ts`,
      events: ['network.switch_changed'],
      access: { tables: { scada: 'readWrite' } },
    },
  ],
  schedules: [
    {
      name: 'sweep-connections',
      entry: `${folder}/realtime/sweep-connections.ts`,
      schedule: 'rate(5 minutes)',
      access: { tables: { scada: 'readWrite' }, webSocket: true },
    },
    {
      name: 'watch-gateways',
      entry: `${folder}/gateways/watch-gateways.ts`,
      schedule: 'rate(1 minute)',
      access: { tables: { scada: 'readWrite' } },
    },
    {
      name: 'run-timers',
      entry: `${folder}/timers/run-timers.ts`,
      schedule: 'rate(1 minute)',
      access: { tables: { scada: 'readWrite' } },
    },
  ],
  alarms: [
    {
      metric: 'GatewayMessagesOfUnknownStations',
      threshold: 20,
      description: 'Gateways publish for a station that no tenant has registered.',
      runbook: 'gateway-messages',
    },
    {
      metric: 'GatewayMessagesUnreadable',
      threshold: 20,
      description: 'Messages of gateways cannot be read: their software and the platform do not fit together.',
      runbook: 'gateway-messages',
    },
    {
      metric: 'ValuesOfUnknownPoints',
      threshold: 10_000,
      description: 'Gateways send values of points the platform does not have; they are not recorded.',
      runbook: 'gateway-messages',
    },
    {
      metric: 'TimersFailed',
      threshold: 5,
      description: 'What should happen later does not: escalations, ends of commands and floods.',
      runbook: 'scada-timers',
    },
  ],
});
