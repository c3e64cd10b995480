/**
 * The presence table: every open WebSocket connection, and who listens to what. Connections live in the global scope,
 * because stale ones are swept across tenants; subscriptions live in their tenant, so a push can only reach its own.
 */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';

export interface Connection {
  connectionId: string;
  tenantId: string;
  userId: string;
  rooms: string[];
  clientIp: string;
  userAgent: string;
  connectedAt: string;
  lastActivityAt: string;
  messagesReceived: number;
  messagesSent: number;
}

export const sweepShards = 4;

export const connectionEntity = defineEntity<Connection, { connectionId: string }>()({
  name: 'connection',
  table: 'scada',
  key: ({ connectionId }) => ({ pk: ['CONNECTION', connectionId], sk: ['CONNECTION'] }),
  indexes: {
    gsi1: ({ connectionId, lastActivityAt }) => ({
      pk: ['CONNECTION', shardOf(connectionId)],
      sk: [lastActivityAt, connectionId],
    }),
  },
  idOf: ({ connectionId }) => connectionId,
  // API Gateway ends a connection after two hours; what is left a day later is only history.
  expiresAt: ({ connectedAt }) => Math.floor(Date.parse(connectedAt) / 1000) + 24 * 3600,
});

export interface Subscription {
  room: string;
  connectionId: string;
}

export const subscriptionEntity = defineEntity<Subscription, Subscription>()({
  name: 'subscription',
  table: 'scada',
  key: ({ room, connectionId }) => ({ pk: ['ROOM', room], sk: [connectionId] }),
  idOf: ({ room, connectionId }) => `${room}/${connectionId}`,
});

function shardOf(connectionId: string): number {
  let hash = 0;
  for (const character of connectionId) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
  return hash % sweepShards;
}
