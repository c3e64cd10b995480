/**
 * The queue of a subscription, for partners that ask instead of listening. A message is a row; receiving leases it by a
 * conditional write, so of many receivers one gets it, and a lease that runs out shows it again.
 */
import { randomBytes } from 'node:crypto';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { walkPartitions } from '../timeline/timeline.ts';
import { changeProcessing as change } from './change-processing.ts';
import { loadMessages, mayStillCome, notInLog } from './load-message.ts';
import { processingEntity, pullPartitions, type StoredProcessing, visiblePosition } from './processing-entity.ts';
import { failed } from './settle-processing.ts';
import type { StoredSubscription } from './subscription-entity.ts';

export interface Leased {
  row: StoredProcessing;
  receipt: string;
  body: string;
}

/** Rows one call may look at; what others lease in the meantime is passed over. */
const maxRowsRead = 500;
const unacknowledged = 'It was received, and not acknowledged in time.';

/** @param session acts for the queue itself: leases are no changes of a person's */
export async function lease(
  session: TenantSession,
  subscription: StoredSubscription,
  maxMessages: number,
  visibilitySeconds: number,
): Promise<Leased[]> {
  const leased: Leased[] = [];
  let candidates: StoredProcessing[] = [];
  let read = 0;
  const takeCandidates = async (): Promise<void> => {
    const given = await Promise.all(await withBodies(session, subscription, candidates, visibilitySeconds));
    leased.push(...given.filter((one) => one !== undefined));
    candidates = [];
  };
  for await (const row of visibleRows(session, subscription.id)) {
    candidates.push(row);
    if (candidates.length + leased.length === maxMessages) await takeCandidates();
    if (leased.length === maxMessages || ++read === maxRowsRead) break;
  }
  await takeCandidates();
  return leased;
}

function visibleRows(session: TenantSession, subscriptionId: string): AsyncGenerator<StoredProcessing> {
  return walkPartitions<StoredProcessing>(session, pullPartitions(subscriptionId), visiblePosition, {
    entity: processingEntity,
    index: 'gsi2',
    order: 'ascending',
    to: session.context.now(),
    pageSize: 25,
  });
}

async function withBodies(
  session: TenantSession,
  subscription: StoredSubscription,
  rows: readonly StoredProcessing[],
  visibilitySeconds: number,
): Promise<Promise<Leased | undefined>[]> {
  const bodies = await loadMessages(
    session,
    rows.map(({ eventId }) => eventId),
  );
  return rows.map(async (row) => {
    const body = bodies.get(row.eventId);
    // The recorder is behind: the next call finds it.
    if (body === undefined && mayStillCome(row)) return undefined;
    const isDead = row.attemptNumber - row.roundBase > subscription.maxRetries;
    if (body === undefined || isDead) {
      await bury(session, row, isDead ? unacknowledged : notInLog);
      return undefined;
    }
    return takeLease(session, row, body, visibilitySeconds);
  });
}

async function takeLease(
  session: TenantSession,
  row: StoredProcessing,
  body: string,
  visibilitySeconds: number,
): Promise<Leased | undefined> {
  const nowMs = Date.now();
  const token = randomBytes(16).toString('base64url');
  const until = new Date(nowMs + visibilitySeconds * 1000).toISOString();
  const after = await change(session, row, {
    status: 'processing',
    attemptNumber: row.attemptNumber + 1,
    startedAt: new Date(nowMs).toISOString(),
    lease: token,
    leasedUntil: until,
    visibleAt: until,
    nextRetryAt: null,
  });
  return after && { row: after, receipt: `${row.id}.${token}`, body };
}

function bury(session: TenantSession, row: StoredProcessing, message: string): Promise<unknown> {
  const startedMs = row.startedAt === undefined ? Date.now() : Date.parse(row.startedAt);
  const endedMs = row.leasedUntil === undefined ? startedMs : Date.parse(row.leasedUntil);
  return change(session, row, failed(row, { number: row.attemptNumber, startedMs, endedMs }, message, undefined));
}
