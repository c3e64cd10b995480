/** From bus events to what listeners get: which rooms, and messages in the documented shape, small enough to send. */
import type { EventEnvelope } from '../../../layers/kernel/events/envelope.ts';
import { type Audience, roomOf } from './channels.ts';

export interface LiveMessage {
  rooms: string[];
  /** JSON text of one message. */
  text: string;
}

/** API Gateway takes 128 KB per message and bills 32 KB frames; below this one frame is enough. */
const maxTextBytes = 30_000;

/** An event nobody can listen to gives no messages. */
export function liveMessages(event: EventEnvelope): LiveMessage[] {
  const payload = event.payload as Record<string, unknown>;
  const stationId = String(payload['stationId'] ?? event.aggregateId);
  switch (event.type) {
    case 'meter.reading':
      return split(payload['readings'] as unknown[]).map((readings) =>
        message(
          { channel: 'readings', stationId },
          { type: 'readings', station_id: stationId, data: readings, timestamp: event.occurredAt },
        ),
      );
    case 'asset.reading_received':
      return [
        message(
          { channel: 'readings', stationId },
          { type: 'infrastructure', station_id: stationId, data: payload, timestamp: event.occurredAt },
        ),
      ];
    case 'meter.alert':
    case 'system.alert':
      return [
        message(
          { channel: 'alarms', stationId },
          { type: 'alarm', station_id: payload['stationId'], data: payload, timestamp: event.occurredAt },
        ),
      ];
    case 'meter.status_changed':
    case 'station.updated':
      return [
        message(
          { channel: 'status', stationId },
          { type: 'status', station_id: stationId, data: payload, timestamp: event.occurredAt },
        ),
      ];
    default:
      return [];
  }
}

/** Everybody who listens to the channel, of all stations or of this one. */
function message(audience: Audience, body: object): LiveMessage {
  return { rooms: [roomOf({ channel: audience.channel }), roomOf(audience)], text: JSON.stringify(body) };
}

function split(rows: readonly unknown[]): unknown[][] {
  const parts: unknown[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    const size = JSON.stringify(row).length + 1;
    if (bytes + size > maxTextBytes) {
      parts.push([]);
      bytes = 0;
    }
    parts[parts.length - 1]!.push(row);
    bytes += size;
  }
  return parts;
}
