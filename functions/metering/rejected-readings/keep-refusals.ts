/** Keeps what was refused, with its reason, and raises an alert when refusals pile up. */

import { openGlobalSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { countMetric, logger } from '../../../layers/kernel/observability/logger.ts';
import { sideBySide } from '../../../layers/kernel/side-by-side.ts';
import { isoTime } from '../../../layers/metering/reading-time.ts';
import type { Refusal } from '../ingest/read-messages.ts';
import { watchPileUps } from './pile-up.ts';
import {
  keptPayloadBytes,
  type RejectedReading,
  rejectedEntity,
  rejectedId,
  rejectedPayloadEntity,
} from './rejected-entity.ts';

/** Writes on their way at the same time. */
const parallelWrites = 16;

const globalSession = openGlobalSession();

/** @returns ids of messages whose refusal could not be kept for now */
export async function keepRefusals(refusals: readonly Refusal[]): Promise<Set<string>> {
  const unfinished = new Set<string>();
  await sideBySide(refusals, parallelWrites, async (refusal) => {
    try {
      await keep(refusal);
    } catch (error) {
      logger.error('refusal not kept', { topic: refusal.message.topic, error: error as Error });
      unfinished.add(refusal.message.id);
    }
  });
  const homeless = refusals.filter(({ session }) => session === undefined).length;
  if (homeless > 0) countMetric('MessagesOfUnknownStations', homeless);
  await watchPileUps(refusals);
  return unfinished;
}

async function keep({ message, rejection, topic, session, meterId }: Refusal): Promise<void> {
  const payload = Buffer.from(message.data, 'base64');
  const row: RejectedReading = {
    id: rejectedId(message),
    status: 'rejected',
    reason: rejection.reason,
    detail: rejection.detail.slice(0, 1000),
    topic: message.topic.slice(0, 256),
    clientId: message.clientId.slice(0, 128),
    stationId: topic?.stationId,
    meterId,
    receivedAt: isoTime(message.receivedMs),
    bytes: payload.length,
    truncated: payload.length > keptPayloadBytes,
  };
  const home: TenantSession = session ?? globalSession;
  const { id, receivedAt } = row;
  try {
    await home.transact(rejectedEntity.table, (unit) => {
      unit.create(rejectedEntity, row);
      unit.put(rejectedPayloadEntity, {
        id,
        receivedAt,
        payload: payload.subarray(0, keptPayloadBytes).toString('base64'),
      });
    });
  } catch (error) {
    // Delivered again: it is kept already, maybe with the mark of a replay.
    if (!isAppError(error) || error.code !== 'already_exists') throw error;
  }
}
