/** Hands events of the log to the queue or function of a subscription once more, as rows of their own. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { EventRow } from '../events/event-record.ts';
import { loadPayload } from '../events/event-store.ts';
import { enqueueProcessing, handlerWants } from './dispatch-to-subscriptions.ts';
import type { StoredSubscription } from './subscription-entity.ts';

/** @returns how many it wanted. A step that is repeated makes the same rows, which are recognised */
export async function replayToHandler(
  session: TenantSession,
  subscription: StoredSubscription,
  rows: readonly EventRow[],
  replay: string,
): Promise<number> {
  const wanted: EventRow[] = [];
  for (const row of rows) {
    const payload =
      subscription.filterExpression === undefined ? undefined : JSON.parse(await loadPayload(session, row));
    if (handlerWants(subscription, { type: row.eventType, payload })) wanted.push(row);
  }
  await enqueueProcessing(
    session,
    wanted.map(({ id, eventType, createdAt, correlationId }) => ({
      subscription,
      event: { id, type: eventType, occurredAt: createdAt, correlationId },
    })),
    replay,
  );
  return wanted.length;
}
