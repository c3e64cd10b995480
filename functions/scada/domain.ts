/** Manifest of the scada domain: stations, their devices and points, and the live channels. */
import { defineDomain } from '../../layers/kernel/domain/manifest.ts';
import { devices } from './devices/routes.ts';
import { stationCreated, stationUpdated } from './events.ts';
import { points } from './points/routes.ts';
import { protocols } from './protocols/routes.ts';
import { stations } from './stations/routes.ts';

const folder = 'functions/scada';

export const scada = defineDomain({
  name: 'scada',
  tables: { scada: { indexes: ['gsi1', 'gsi2'], outbox: true }, telemetry: {} },
  events: [stationCreated, stationUpdated],
  resources: [
    {
      resource: stations,
      entry: `${folder}/stations/handler.ts`,
      access: { tables: { scada: 'readWrite', limits: 'write' } },
    },
    {
      resource: protocols,
      entry: `${folder}/protocols/handler.ts`,
      access: { tables: { scada: 'readWrite', limits: 'write' } },
    },
    {
      resource: devices,
      entry: `${folder}/devices/handler.ts`,
      access: { tables: { scada: 'readWrite', telemetry: 'read', limits: 'write' } },
    },
    {
      resource: points,
      entry: `${folder}/points/handler.ts`,
      // An import of thousands takes seconds, and CPU comes with memory.
      memoryMb: 512,
      timeoutSeconds: 29,
      access: { tables: { scada: 'readWrite', telemetry: 'read', limits: 'write' } },
    },
  ],
  functions: [
    {
      name: 'websocket-connect',
      entry: `${folder}/realtime/websocket-connect.ts`,
      access: { tables: { scada: 'readWrite', limits: 'write' } },
    },
    {
      name: 'websocket-disconnect',
      entry: `${folder}/realtime/websocket-disconnect.ts`,
      access: { tables: { scada: 'readWrite' } },
    },
    {
      name: 'websocket-message',
      entry: `${folder}/realtime/websocket-message.ts`,
      access: { tables: { scada: 'readWrite', limits: 'write' } },
    },
  ],
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
      ],
      batchSize: 10,
      access: { tables: { scada: 'readWrite' }, webSocket: true },
    },
  ],
  schedules: [
    {
      name: 'sweep-connections',
      entry: `${folder}/realtime/sweep-connections.ts`,
      schedule: 'rate(5 minutes)',
      access: { tables: { scada: 'readWrite' }, webSocket: true },
    },
  ],
});
