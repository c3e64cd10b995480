/**
 * Messages that were not accepted, as stored: a short row for lists and the payload beside it. The row's id follows
 * from the message, so a message that is delivered again is kept once.
 */
import { createHash } from 'node:crypto';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import { shardOf } from '../../../layers/kernel/data/sharded-query.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import type { RejectionReason } from '../../../layers/metering/rejection-reasons.ts';
import type { DeviceMessage } from '../ingest/device-message.ts';

export const rejectedStatuses = ['rejected', 'failed_again', 'replayed'] as const;

export interface RejectedReading {
  id: string;
  status: (typeof rejectedStatuses)[number];
  reason: RejectionReason;
  detail: string;
  topic: string;
  clientId: string;
  stationId?: string | undefined;
  meterId?: string | undefined;
  /** When the broker took the message. */
  receivedAt: string;
  /** Size of the payload as sent. */
  bytes: number;
  /** Whether more was sent than is kept; such a message cannot be replayed. */
  truncated: boolean;
  replayedAt?: string;
}

export interface RejectedPayload {
  id: string;
  receivedAt: string;
  /** Base64. */
  payload: string;
}

export const keptPayloadBytes = 32 * 1024;
const keepSeconds = 90 * 86_400;
const expiryOf = ({ receivedAt }: { receivedAt: string }): number =>
  Math.floor(Date.parse(receivedAt) / 1000) + keepSeconds;

/** Each takes 1,000 rejections a second, per tenant and day. */
const listShards = 8;
export const dayPartitions = (day: string): KeyParts[] =>
  Array.from({ length: listShards }, (_, shard) => ['REJECTED', day, shard]);
export const stationPartition = (stationId: string): KeyParts => ['REJECTED-AT', stationId];
export const listSortKey = ({ receivedAt, id }: Pick<RejectedReading, 'receivedAt' | 'id'>): KeyParts => [
  receivedAt,
  id,
];

export const rejectedEntity = defineEntity<RejectedReading>()({
  name: 'rejected reading',
  table: 'metering',
  key: ({ id }) => ({ pk: ['REJECTED', id], sk: ['REJECTED'] }),
  indexes: {
    gsi1: (row) => ({
      pk: ['REJECTED', row.receivedAt.slice(0, 10), shardOf(row.id, listShards)],
      sk: listSortKey(row),
    }),
    // Messages of stations nobody has registered wait here for their owner.
    gsi2: (row) =>
      row.reason === 'unknown_station' && row.stationId !== undefined
        ? { pk: stationPartition(row.stationId), sk: listSortKey(row) }
        : undefined,
  },
  idOf: ({ id }) => id,
  expiresAt: expiryOf,
});

export const rejectedPayloadEntity = defineEntity<RejectedPayload>()({
  name: 'rejected payload',
  table: 'metering',
  key: ({ id }) => ({ pk: ['REJECTED', id], sk: ['PAYLOAD'] }),
  idOf: ({ id }) => id,
  expiresAt: expiryOf,
});

export function rejectedId({ topic, data }: DeviceMessage): string {
  const digest = createHash('sha256').update(topic).update('\n').update(data).digest('hex');
  return derivedId('rej', 0, digest);
}
