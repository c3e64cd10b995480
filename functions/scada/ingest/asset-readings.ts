/** Publishes what points with the role `asset_reading` measured: one event for each asset and batch, with the newest of each point. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { type Publication, publishMany } from '../../../layers/kernel/events/publish-many.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import { isoTime } from '../../../layers/metering/reading-time.ts';
import type { PointSample } from '../../../layers/scada/value-chunk.ts';
import { assetReadingReceived } from '../../metering/events.ts';
import type { DirectoryEntry } from '../configurations/point-directory.ts';

interface Measured {
  session: TenantSession;
  stationId: string;
  entry: DirectoryEntry;
  sample: PointSample;
}

/** The event is metering's, where meters' stations report equipment too; who tells it here is scada. */
const definition = { ...assetReadingReceived, source: 'scada' };

/** @throws when events are not taken for now; the same batch gives the same events */
export async function publishAssetReadings(measured: readonly Measured[]): Promise<void> {
  const numbers = measured.filter(({ sample: { value, quality } }) => typeof value === 'number' && quality === 'good');
  const byAsset = Map.groupBy(
    numbers,
    ({ session, stationId, entry }) => `${session.tenantId} ${stationId} ${entry.assetId ?? entry.deviceId}`,
  );
  const publications = [...byAsset].map(([seed, own]) => toPublication(seed, own));
  if (publications.length === 0) return;
  if ((await publishMany('scada', publications)).size > 0) throw new Error('DynamoDB left events unwritten.');
}

function toPublication(seed: string, own: readonly Measured[]): Publication {
  const { session, stationId, entry } = own[0]!;
  const newest = new Map<string, PointSample>();
  for (const { entry: point, sample } of own)
    if ((newest.get(point.pointId)?.timeMs ?? -1) <= sample.timeMs) newest.set(point.pointId, sample);
  const timeMs = Math.max(...[...newest.values()].map((sample) => sample.timeMs));
  const values = Object.fromEntries([...newest].map(([pointId, { value }]) => [pointId, value as number]));
  const assetId = entry.assetId ?? entry.deviceId;
  return {
    session,
    definition,
    event: {
      id: derivedId('evt', timeMs, `${definition.type} ${seed} ${JSON.stringify(values)}`),
      aggregateId: `${stationId}/${assetId}`,
      occurredAt: isoTime(timeMs),
      payload: { stationId, assetId, time: isoTime(timeMs), values },
    },
  };
}
