/** How meters are stored. The list over all meters is spread over shards; a station's own list is one partition. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import { shardOf } from '../../../layers/kernel/data/sharded-query.ts';
import type { Meter } from './meter-schema.ts';

/** Each takes 1,000 changes of meters a second. */
const listShards = 8;

const listPartition = (shard: number): KeyParts => ['METERS', shard];
export const listPartitions = Array.from({ length: listShards }, (_, shard) => listPartition(shard));
export const stationPartition = (stationId: string): KeyParts => ['STATION-METERS', stationId];

export const meterEntity = defineEntity<Meter>()({
  name: 'meter',
  table: 'metering',
  key: ({ id }) => ({ pk: ['METER', id], sk: ['METER'] }),
  indexes: {
    gsi1: ({ id }) => ({ pk: listPartition(shardOf(id, listShards)), sk: [id] }),
    gsi2: ({ id, stationId }) => ({ pk: stationPartition(stationId), sk: [id] }),
  },
  idOf: ({ id }) => id,
});
