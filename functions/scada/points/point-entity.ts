/** How points are stored: the list over all is spread over shards, a station's own list is in order of devices. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import { shardOf } from '../../../layers/kernel/data/sharded-query.ts';
import type { Point } from './point-schema.ts';

/** An import writes thousands at once. */
const listShards = 4;
const listPartition = (shard: number): KeyParts => ['POINTS', shard];
export const pointPartitions = Array.from({ length: listShards }, (_, shard) => listPartition(shard));

export const stationPoints = (stationId: string): KeyParts => ['STATION-POINTS', stationId];

export const pointEntity = defineEntity<Point>()({
  name: 'point',
  table: 'scada',
  key: ({ id }) => ({ pk: ['POINT', id], sk: ['POINT'] }),
  indexes: {
    gsi1: ({ id }) => ({ pk: listPartition(shardOf(id, listShards)), sk: [id] }),
    gsi2: ({ id, stationId, deviceId }) => ({ pk: stationPoints(stationId), sk: [deviceId, id] }),
  },
  idOf: ({ id }) => id,
});

/** Points that can be commanded, by station: few among many, so they have a list of their own. */
export interface ControlListing {
  id: string;
  stationId: string;
}

export const controlPartition: KeyParts = ['CONTROLS'];

export const controlListingEntity = defineEntity<ControlListing>()({
  name: 'control listing',
  table: 'scada',
  key: ({ id }) => ({ pk: controlPartition, sk: [id] }),
  idOf: ({ id }) => id,
});
