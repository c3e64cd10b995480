/** From bus events to what listeners get: messages per station in the documented shape, small enough to send. */
import type { EventEnvelope } from '../../../layers/kernel/events/envelope.ts';
import type { ChannelName } from './channels.ts';

export interface LiveMessage {
  channel: ChannelName;
  stationId: string;
  body: object;
}

interface ReadingRow {
  stationId: string;
}

/** API Gateway takes 128 KB per message and bills 32 KB frames; below this one frame is enough. */
const maxTextBytes = 30_000;

/** All messages of one event go to one channel; an event nobody can listen to gives none. */
export function liveMessages(event: EventEnvelope): LiveMessage[] {
  const payload = event.payload as Record<string, unknown>;
  const stationId = String(payload['stationId'] ?? '');
  const timestamp = event.occurredAt;
  switch (event.type) {
    case 'meter.reading':
      return readingsByStation(payload['readings'] as ReadingRow[], timestamp);
    case 'asset.reading_received':
      return [
        {
          channel: 'readings',
          stationId,
          body: { type: 'infrastructure', station_id: stationId, data: payload, timestamp },
        },
      ];
    case 'alert.raised':
    case 'alert.acknowledged':
    case 'alert.cleared':
    case 'alert.closed':
    case 'alert.shelved':
    case 'alert.unshelved':
    case 'alert.escalated':
      return [
        {
          channel: 'alarms',
          stationId,
          body: { type: 'alarm', event: event.type, station_id: stationId, data: payload, timestamp },
        },
      ];
    case 'gateway.status_changed':
    case 'protocol.status_changed':
    case 'device.status_changed':
    case 'station.configuration_applied':
    case 'station.configuration_refused':
    case 'control.command_updated':
    case 'network.switch_changed':
    case 'network.outage':
    case 'network.restored':
    case 'network.overload':
      return [
        {
          channel: 'status',
          stationId,
          body: { type: 'status', event: event.type, station_id: stationId, data: payload, timestamp },
        },
      ];
    case 'meter.alert':
    case 'system.alert':
      return [
        {
          channel: 'alarms',
          stationId,
          body: { type: 'alarm', station_id: payload['stationId'], data: payload, timestamp },
        },
      ];
    case 'meter.status_changed':
      return [
        { channel: 'status', stationId, body: { type: 'status', station_id: stationId, data: payload, timestamp } },
      ];
    case 'station.updated':
      return [
        {
          channel: 'status',
          stationId: event.aggregateId,
          body: { type: 'status', station_id: event.aggregateId, data: payload, timestamp },
        },
      ];
    default:
      return [];
  }
}

function readingsByStation(rows: readonly ReadingRow[], timestamp: string): LiveMessage[] {
  return [...Map.groupBy(rows, ({ stationId }) => stationId)].flatMap(([stationId, own]) =>
    split(own).map(
      (data): LiveMessage => ({
        channel: 'readings',
        stationId,
        body: { type: 'readings', station_id: stationId, data, timestamp },
      }),
    ),
  );
}

function split(rows: readonly unknown[]): unknown[][] {
  const parts: unknown[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    const size = Buffer.byteLength(JSON.stringify(row)) + 1;
    if (bytes + size > maxTextBytes) {
      parts.push([]);
      bytes = 0;
    }
    parts[parts.length - 1]!.push(row);
    bytes += size;
  }
  return parts;
}
