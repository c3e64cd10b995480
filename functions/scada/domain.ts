/** Manifest of the scada domain: stations and the live channels. */
import { defineDomain } from '../../layers/kernel/domain/manifest.ts';
import { stationCreated, stationUpdated } from './events.ts';
import { stations } from './stations/routes.ts';

const folder = 'functions/scada';

export const scada = defineDomain({
  name: 'scada',
  tables: { scada: { indexes: ['gsi1'], outbox: true } },
  events: [stationCreated, stationUpdated],
  resources: [
    {
      resource: stations,
      entry: `${folder}/stations/handler.ts`,
      access: { tables: { scada: 'readWrite', limits: 'write' } },
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
