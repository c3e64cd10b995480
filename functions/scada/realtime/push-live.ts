/** Subscriber: carries events to everybody who listens. A connection that is gone is forgotten. */
import { PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { consumeEvents } from '../../../layers/kernel/events/consume.ts';
import type { EventEnvelope } from '../../../layers/kernel/events/envelope.ts';
import { countMetric, logger } from '../../../layers/kernel/observability/logger.ts';
import { type Subscription, subscriptionEntity } from './connection-entity.ts';
import { type LiveMessage, liveMessages } from './live-message.ts';
import { managementClient } from './management-client.ts';
import { closeConnection } from './presence.ts';

const parallelPosts = 25;

export const handler = consumeEvents(async (event: EventEnvelope) => {
  const session = openSession(event.tenantId);
  for (const message of liveMessages(event)) await push(session, message);
});

async function push(session: TenantSession, message: LiveMessage): Promise<void> {
  const listeners = await listenersOf(session, message.rooms);
  for (let start = 0; start < listeners.length; start += parallelPosts) {
    await Promise.all(
      listeners.slice(start, start + parallelPosts).map((connectionId) => post(connectionId, message.text)),
    );
  }
  if (listeners.length > 0) countMetric('LiveMessagesSent', listeners.length);
}

async function listenersOf(session: TenantSession, rooms: readonly string[]): Promise<string[]> {
  const ids = new Set<string>();
  for (const room of rooms) {
    let cursor: string | undefined;
    do {
      const page = await session.query<Subscription>(subscriptionEntity, { pk: ['ROOM', room], limit: 200, cursor });
      for (const { connectionId } of page.items) ids.add(connectionId);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }
  return [...ids];
}

async function post(connectionId: string, text: string): Promise<void> {
  try {
    await managementClient.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: text }));
  } catch (error) {
    if ((error as Error).name === 'GoneException') {
      await closeConnection(connectionId);
      return;
    }
    // A slow or throttled listener misses a live value; it must not hold up or repeat everybody else's.
    logger.warn('live message not delivered', { connectionId, error: error as Error });
  }
}
