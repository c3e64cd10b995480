/** Subscriber `recorder`: writes every bus event to the event log. */
import { openSession } from '../../../layers/kernel/data/session.ts';
import { consumeEventBatch, type ReceivedEvent } from '../../../layers/kernel/events/consume.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { countEvents } from '../events/event-counts.ts';
import { recordEvents } from '../events/event-store.ts';
import { retentionDays } from '../events/settings.ts';
import { byTenant } from './by-tenant.ts';

export const handler = consumeEventBatch(async (events) => {
  const outcomes = await Promise.all([...byTenant(events)].map(([tenantId, own]) => record(tenantId, own)));
  return outcomes.flat();
});

async function record(tenantId: string, events: ReceivedEvent[]): Promise<string[]> {
  try {
    const session = openSession(tenantId);
    const envelopes = events.map(({ envelope }) => envelope);
    const { added, failed } = await recordEvents(session, envelopes, await retentionDays(session));
    // Also when others failed: they are in the log now, and will not be new when the batch comes again.
    await countEvents(session, added).catch((error: unknown) => {
      logger.error('events not counted', { tenantId, events: added.length, error: error as Error });
    });
    for (const [eventId, error] of failed)
      logger.error('event not recorded', { tenantId, eventId, error: error as Error });
    return events.filter(({ envelope }) => failed.has(envelope.id)).map(({ messageId }) => messageId);
  } catch (error) {
    logger.error('events not recorded', { tenantId, events: events.length, error: error as Error });
    return events.map(({ messageId }) => messageId);
  }
}
