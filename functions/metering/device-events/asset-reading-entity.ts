/** Measurements of a station's equipment as stored, by equipment and UTC month. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { AssetReading } from './read-device-event.ts';

/** Equipment reports seldom compared with meters; two years are kept. */
const keepSeconds = 2 * 366 * 86_400;

export const assetReadingEntity = defineEntity<AssetReading, Omit<AssetReading, 'values'>>()({
  name: 'asset reading',
  table: 'metering',
  key: ({ stationId, assetId, time }) => ({ pk: ['ASSET', stationId, assetId, time.slice(0, 7)], sk: [time] }),
  idOf: ({ stationId, assetId, time }) => `${stationId}/${assetId} ${time}`,
  expiresAt: ({ time }) => Math.floor(Date.parse(time) / 1000) + keepSeconds,
});
