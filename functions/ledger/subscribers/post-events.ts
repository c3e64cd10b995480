/** Posts what happened in other domains, by the tenant's rules: many entries in one transaction, each at most once. */
import { openSession } from '../../../layers/kernel/data/session.ts';
import { consumeEventBatch } from '../../../layers/kernel/events/consume.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { postBatch } from './post-batch.ts';

export const handler = consumeEventBatch(async (events) => {
  const failed: string[] = [];
  const tenants = new Set(events.map(({ envelope }) => envelope.tenantId));
  for (const tenantId of tenants) {
    const own = events.filter(({ envelope }) => envelope.tenantId === tenantId);
    try {
      const again = await postBatch(
        openSession(tenantId),
        own.map(({ envelope }) => envelope),
      );
      failed.push(...own.filter(({ envelope }) => again.has(envelope.id)).map(({ messageId }) => messageId));
    } catch (error) {
      logger.error('events not posted', { tenantId, count: own.length, error: error as Error });
      failed.push(...own.map(({ messageId }) => messageId));
    }
  }
  return failed;
});
