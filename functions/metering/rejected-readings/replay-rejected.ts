/** Tries rejected messages again by the way they came, and marks what became of them. */

import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { openGlobalSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { sideBySide } from '../../../layers/kernel/side-by-side.ts';
import { isRejection } from '../../../layers/metering/rejection-reasons.ts';
import { stationOwners } from '../../scada/contract.ts';
import { tryDeviceEvents } from '../device-events/take-device-events.ts';
import { type DeviceMessage, readTopic } from '../ingest/device-message.ts';
import { tryMessages } from '../ingest/ingest-messages.ts';
import { filterTerms, findRejected, periodOf, type RejectedFilter } from './find-rejected.ts';
import { type RejectedReading, rejectedEntity, rejectedPayloadEntity, stationPartition } from './rejected-entity.ts';

type StoredRejected = RejectedReading & Stored;

export async function replayRejected(session: TenantSession, id: string): Promise<StoredRejected> {
  return replay(session, await session.require(rejectedEntity, { id }));
}

/** @param home the session the row is kept in: the tenant's, or the global one for stations that nobody had registered */
async function replay(home: TenantSession, row: StoredRejected): Promise<StoredRejected> {
  if (row.status === 'replayed') throw new AppError('conflict', 'The message was replayed with success already.');
  if (row.truncated)
    throw new AppError('conflict', 'Only the beginning of the message was kept, so it cannot be replayed.');
  const kept = await home.require(rejectedPayloadEntity, { id: row.id });
  const message: DeviceMessage = {
    id: row.id,
    topic: row.topic,
    clientId: row.clientId,
    receivedMs: Date.parse(row.receivedAt),
    data: kept.payload,
  };
  const topic = readTopic(message.topic);
  const isReading = !isRejection(topic) && topic.kind === 'data';
  const { refusals, unfinished } = await (isReading ? tryMessages([message]) : tryDeviceEvents([message]));
  if (unfinished.size > 0) throw new AppError('unavailable', 'The message could not be stored for now.');
  const replayedAt = home.context.now();
  const [refusal] = refusals;
  return home.transact(rejectedEntity.table, (unit) =>
    unit.update(
      rejectedEntity,
      row,
      refusal === undefined
        ? { status: 'replayed', replayedAt }
        : {
            status: 'failed_again',
            replayedAt,
            reason: refusal.rejection.reason,
            detail: refusal.rejection.detail.slice(0, 1000),
          },
    ),
  );
}

export interface ReplayCount {
  replayed: number;
  failed: number;
  nextCursor: string | null;
}

/** Messages tried in one request, and at the same time. */
const pageSize = 200;
const parallelReplays = 8;

export async function replayAll(
  session: TenantSession,
  { cursor, ...filter }: RejectedFilter & { cursor?: string | undefined },
): Promise<ReplayCount> {
  const count: ReplayCount = { replayed: 0, failed: 0, nextCursor: null };
  const page = await findRejected(session, filter, { limit: pageSize, cursor });
  count.nextCursor = page.nextCursor;
  // Who asks again has those tried that were not yet.
  await replayRows(session.beforehand(), page.items, count);
  // Those that waited for their station go with the first page.
  if (cursor === undefined && filter.stationId !== undefined) await replayAwaiting(session, filter, count);
  return count;
}

async function replayAwaiting(session: TenantSession, filter: RejectedFilter, count: ReplayCount): Promise<void> {
  const stationId = filter.stationId!;
  if ((await stationOwners([stationId])).get(stationId) !== session.tenantId) return;
  const home = openGlobalSession({ now: session.context.now });
  const { from, to } = periodOf(filter, session.context.now());
  let cursor: string | undefined;
  do {
    const page = await home.query<StoredRejected>(rejectedEntity, {
      index: 'gsi2',
      pk: stationPartition(stationId),
      from: [from],
      to: [to],
      filter: filterTerms(filter),
      limit: pageSize,
      cursor,
    });
    await replayRows(home, page.items, count);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && count.replayed + count.failed < 2 * pageSize);
}

async function replayRows(home: TenantSession, rows: readonly StoredRejected[], count: ReplayCount): Promise<void> {
  const waiting = rows.filter(({ status, truncated }) => status !== 'replayed' && !truncated);
  await sideBySide(waiting, parallelReplays, async (row) => {
    if (await succeeds(home, row)) count.replayed++;
    else count.failed++;
  });
}

/** One message that somebody else replays at the same moment does not stop the others. */
async function succeeds(home: TenantSession, row: StoredRejected): Promise<boolean> {
  try {
    return (await replay(home, row)).status === 'replayed';
  } catch (error) {
    if (isAppError(error)) return false;
    throw error;
  }
}
