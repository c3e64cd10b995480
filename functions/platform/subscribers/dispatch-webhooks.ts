/** Subscriber `dispatcher`: finds the endpoints of every bus event and queues their deliveries. */
import { openSession } from '../../../layers/kernel/data/session.ts';
import { consumeEventBatch } from '../../../layers/kernel/events/consume.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { dispatchEvents } from '../deliveries/dispatch-events.ts';
import { byTenant } from './by-tenant.ts';

export const handler = consumeEventBatch(async (events) => {
  const outcomes = await Promise.all(
    [...byTenant(events)].map(async ([tenantId, own]) => {
      try {
        await dispatchEvents(
          openSession(tenantId),
          own.map(({ envelope }) => envelope),
        );
        return [];
      } catch (error) {
        logger.error('events not dispatched', { tenantId, events: own.length, error: error as Error });
        return own.map(({ messageId }) => messageId);
      }
    }),
  );
  return outcomes.flat();
});
