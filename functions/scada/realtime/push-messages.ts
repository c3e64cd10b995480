/** Posts messages to everybody who listens. A connection that is gone is forgotten. */
import { PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { countMetric, logger } from '../../../layers/kernel/observability/logger.ts';
import { type ChannelName, roomOf } from './channels.ts';
import { type Subscription, subscriptionEntity, subscriptionPartition } from './connection-entity.ts';
import type { LiveMessage } from './live-message.ts';
import { managementClient } from './management-client.ts';
import { closeConnection, dropSubscriptions, findConnection } from './presence.ts';

const parallelPosts = 25;

/** Connections by the room they listen to. */
export type Listeners = Map<string, string[]>;

/** Everybody who listens to the channel, of all stations or of this one, hears it once. */
export async function push(
  tenantId: string,
  { channel, stationId, body }: LiveMessage,
  listeners: Listeners,
): Promise<void> {
  const rooms = [channel, roomOf({ channel, stationId })];
  const ids = [...new Set(rooms.flatMap((room) => listeners.get(room) ?? []))];
  if (ids.length === 0) return;
  const text = JSON.stringify(body);
  for (let start = 0; start < ids.length; start += parallelPosts) {
    await Promise.all(ids.slice(start, start + parallelPosts).map((id) => post(tenantId, id, rooms, text)));
  }
  countMetric('LiveMessagesSent', ids.length);
}

/** One read for all stations: an event can hold readings of hundreds, and listeners are few. */
export async function listenersOf(session: TenantSession, channel: ChannelName): Promise<Listeners> {
  const listeners: Listeners = new Map();
  let cursor: string | undefined;
  do {
    const page = await session.query<Subscription>(subscriptionEntity, {
      pk: subscriptionPartition(channel),
      limit: 200,
      cursor,
    });
    for (const { room, connectionId } of page.items) {
      const ids = listeners.get(room);
      if (ids === undefined) listeners.set(room, [connectionId]);
      else ids.push(connectionId);
    }
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return listeners;
}

async function post(tenantId: string, connectionId: string, rooms: readonly string[], text: string): Promise<void> {
  try {
    await managementClient.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: text }));
  } catch (error) {
    if ((error as Error).name === 'GoneException') await forget(tenantId, connectionId, rooms);
    // A slow or throttled listener misses a live value; it must not hold up or repeat everybody else's.
    else logger.warn('live message not delivered', { connectionId, error: error as Error });
  }
}

/** API Gateway takes no messages for a connection until `$connect` has answered, and calls it gone. */
const handshakeMs = 30_000;

async function forget(tenantId: string, connectionId: string, rooms: readonly string[]): Promise<void> {
  try {
    const connection = await findConnection(connectionId);
    if (connection === undefined) await dropSubscriptions(tenantId, connectionId, rooms);
    else if (Date.now() - Date.parse(connection.connectedAt) > handshakeMs) await closeConnection(connectionId);
  } catch (error) {
    // The sweep, or the next push, tries again.
    logger.warn('connection not forgotten', { connectionId, error: error as Error });
  }
}
