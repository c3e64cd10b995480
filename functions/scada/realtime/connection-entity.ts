/**
 * The presence table: every open WebSocket connection, and who listens to what. Connections live in the global scope,
 * because stale ones are swept across tenants; subscriptions live in their tenant, so a push can only reach its own.
 */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';

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
  expiresAt: ({ connectedAt }) => forgottenAt(connectedAt),
});

export interface Subscription {
  room: string;
  connectionId: string;
  connectedAt: string;
}

/** All listeners of a channel, whatever their station. */
export const subscriptionPartition = (channel: string): KeyParts => ['CHANNEL', channel];

export const subscriptionEntity = defineEntity<Subscription, Pick<Subscription, 'room' | 'connectionId'>>()({
  name: 'subscription',
  table: 'scada',
  key: ({ room, connectionId }) => ({ pk: subscriptionPartition(room.split(':')[0]!), sk: [room, connectionId] }),
  idOf: ({ room, connectionId }) => `${room}/${connectionId}`,
  expiresAt: ({ connectedAt }) => forgottenAt(connectedAt),
});

/** API Gateway ends a connection after two hours; what is left a day later is only history. Seconds. */
const forgottenAt = (connectedAt: string): number => Math.floor(Date.parse(connectedAt) / 1000) + 24 * 3600;

function shardOf(connectionId: string): number {
  let hash = 0;
  for (const character of connectionId) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
  return hash % sweepShards;
}
