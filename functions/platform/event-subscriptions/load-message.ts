/** Messages of events from the log, as webhooks carry them. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { bodyOfRow } from '../deliveries/load-body.ts';
import { type EventRow, eventEntity } from '../events/event-record.ts';

/** What the recorder has not written after this long was removed by its retention. */
const recorderLagMs = 10 * 60_000;
export const notInLog = 'The event is no longer in the event log.';

/** By event id; those that the log does not have are left out. */
export async function loadMessages(session: TenantSession, eventIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await session.getMany(
    eventEntity,
    [...new Set(eventIds)].map((id) => ({ id })),
  );
  return new Map(
    await Promise.all(rows.map(async (row) => [row.id, await bodyOfRow(session, row as EventRow)] as const)),
  );
}

/** Whether an event that is missing may still come. */
export const mayStillCome = ({ queuedAt }: { queuedAt: string }): boolean =>
  Date.now() - Date.parse(queuedAt) < recorderLagMs;
