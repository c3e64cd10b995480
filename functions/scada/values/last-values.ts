/**
 * The last value of every point. Those of a device lie together in pages of a few dozen points: a page is one read for a
 * screen and one or two write units for a batch, where a row each would be one unit per value. Only a later source time
 * replaces a value, and a page only its own version, so batches that overtake each other leave the newest.
 */
import { type DynamoDBServiceException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { tableName } from '../../../layers/kernel/config/resource-names.ts';
import { getAll, queryRange, type RawItem, rawKey } from '../../../layers/kernel/data/bulk.ts';
import { rawClient } from '../../../layers/kernel/data/client.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { PointSample } from '../../../layers/scada/value-chunk.ts';
import { fromJsonValue, type JsonValue, qualities, toJsonValue } from '../../../layers/station/point-value.ts';

export const telemetryTable = 'telemetry';

/** Points of one page: with ids of twenty characters about two kilobytes. */
export const pageSize = 40;

/** Other batches change the same page meanwhile; each round at least one gets through. */
const maxAttempts = 8;

type Packed = [value: JsonValue, quality: number, timeMs: number, reason?: string];
type Page = Record<string, Packed>;

const pagePartition = (deviceId: string) => ['LAST', deviceId] as const;
const pageSort = (page: number): string => String(page).padStart(4, '0');

/** Last samples of all points of the devices, by point. A point that moved between pages counts by its newest. */
export async function readLastValues(
  session: TenantSession,
  deviceIds: Iterable<string>,
): Promise<Map<string, PointSample>> {
  const last = new Map<string, PointSample>();
  const pages = await Promise.all(
    [...new Set(deviceIds)].map((deviceId) => queryRange(session, telemetryTable, { pk: pagePartition(deviceId) })),
  );
  for (const item of pages.flat())
    for (const [pointId, packed] of Object.entries(readPage(item))) {
      const sample = unpack(packed);
      if ((last.get(pointId)?.timeMs ?? -1) < sample.timeMs) last.set(pointId, sample);
    }
  return last;
}

export interface PageUpdate {
  session: TenantSession;
  deviceId: string;
  page: number;
  /** Newest sample of each point in the batch. */
  samples: Map<string, PointSample>;
}

/** @throws AppError `unavailable` when a page stays contended; repeating the batch is harmless */
export async function saveLastValues(updates: readonly PageUpdate[]): Promise<void> {
  let pending = [...updates];
  for (let attempt = 0; pending.length > 0; attempt++) {
    if (attempt === maxAttempts) throw new AppError('unavailable', 'Last values are being changed by other batches.');
    if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, 5 * 2 ** attempt * Math.random()));
    const items = await getAll(
      telemetryTable,
      pending.map(({ session, deviceId, page }) => rawKey(session, pagePartition(deviceId), [pageSort(page)])),
      'pk, sk, d, v',
      attempt > 0,
    );
    const stored = new Map(items.map((item) => [keyText(item), item]));
    const outcomes = await Promise.all(
      pending.map((update) => {
        const key = rawKey(update.session, pagePartition(update.deviceId), [pageSort(update.page)]);
        return savePage(key, stored.get(keyText(key)), update.samples);
      }),
    );
    pending = pending.filter((_, i) => !outcomes[i]);
  }
}

const keyText = ({ pk, sk }: RawItem): string => `${pk!.S} ${sk!.S}`;

/** @returns whether the page now holds the newest; false when somebody else changed it meanwhile */
async function savePage(
  key: RawItem,
  stored: RawItem | undefined,
  samples: Map<string, PointSample>,
): Promise<boolean> {
  const page = stored === undefined ? {} : readPage(stored);
  let isChanged = false;
  for (const [pointId, sample] of samples) {
    const known = page[pointId];
    if (known !== undefined && known[2] >= sample.timeMs) continue;
    page[pointId] = pack(sample);
    isChanged = true;
  }
  if (!isChanged) return true;
  const version = Number(stored?.['v']?.N ?? 0);
  try {
    await rawClient().send(
      new PutItemCommand({
        TableName: tableName(telemetryTable),
        Item: { ...key, d: { S: JSON.stringify(page) }, v: { N: String(version + 1) } },
        ConditionExpression: version === 0 ? 'attribute_not_exists(pk)' : 'v = :version',
        ...(version === 0 ? {} : { ExpressionAttributeValues: { ':version': { N: String(version) } } }),
      }),
    );
    return true;
  } catch (error) {
    if ((error as DynamoDBServiceException).name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}

const readPage = (item: RawItem): Page => JSON.parse(item['d']!.S!) as Page;

function pack({ value, quality, timeMs, reason }: PointSample): Packed {
  const packed: Packed = [toJsonValue(value), qualities.indexOf(quality), timeMs];
  if (reason !== undefined) packed.push(reason);
  return packed;
}

function unpack([value, quality, timeMs, reason]: Packed): PointSample {
  return {
    value: fromJsonValue(value)?.value,
    quality: qualities[quality] ?? 'bad',
    timeMs,
    ...(reason === undefined ? {} : { reason }),
  };
}
