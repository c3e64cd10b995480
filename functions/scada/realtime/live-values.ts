/**
 * Values of points on their way to live listeners. They pass the event bus by: an event of each batch would cost several
 * times what recording it does, and without a listener there is nothing to tell. Whoever needs every value reads the
 * history; assets tell by events.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import type { PointSample } from '../../../layers/scada/value-chunk.ts';
import type { DirectoryEntry } from '../configurations/point-directory.ts';
import { presentSample } from '../values/present-value.ts';
import { type Subscription, subscriptionEntity, subscriptionPartition } from './connection-entity.ts';

export interface LiveRow {
  session: TenantSession;
  stationId: string;
  entry: DirectoryEntry;
  sample: PointSample;
}

/** A message of the queue. */
export interface LiveValues {
  tenantId: string;
  stationId: string;
  time: string;
  rows: object[];
}

const rowsPerMessage = 150;

/** How long it is believed whether anybody listens: a new listener waits no longer for its first value. */
const recheckMs = 2_000;
const listened = new Map<string, { any: boolean; until: number }>();

/** Live values are dropped rather than brought again: a failure here must not repeat what is stored. */
export async function tellListeners(rows: readonly LiveRow[]): Promise<void> {
  try {
    const messages: { body: string }[] = [];
    for (const [session, own] of Map.groupBy(rows, (row) => row.session)) {
      if (!(await isListenedTo(session))) continue;
      for (const [stationId, ofStation] of Map.groupBy(own, (row) => row.stationId))
        for (let start = 0; start < ofStation.length; start += rowsPerMessage) {
          const body: LiveValues = {
            tenantId: session.tenantId,
            stationId,
            time: new Date().toISOString(),
            rows: ofStation.slice(start, start + rowsPerMessage).map(toRow),
          };
          messages.push({ body: JSON.stringify(body) });
        }
    }
    await sendMessages('live-values', messages);
  } catch (error) {
    logger.warn('live values not told', { values: rows.length, error: error as Error });
  }
}

const toRow = ({ stationId, entry, sample }: LiveRow): object => ({
  pointId: entry.pointId,
  deviceId: entry.deviceId,
  stationId,
  ...presentSample(sample),
});

async function isListenedTo(session: TenantSession): Promise<boolean> {
  const known = listened.get(session.tenantId);
  const now = Date.now();
  if (known !== undefined && known.until > now && known.until <= now + recheckMs) return known.any;
  const { items } = await session.query<Subscription>(subscriptionEntity, {
    pk: subscriptionPartition('readings'),
    limit: 1,
  });
  listened.set(session.tenantId, { any: items.length > 0, until: now + recheckMs });
  return items.length > 0;
}
