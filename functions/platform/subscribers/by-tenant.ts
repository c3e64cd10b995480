/** Events of a batch by tenant: each tenant's work is done by a session of its own. */
import type { ReceivedEvent } from '../../../layers/kernel/events/consume.ts';

export function byTenant(events: readonly ReceivedEvent[]): Map<string, ReceivedEvent[]> {
  return Map.groupBy(events, ({ envelope }) => envelope.tenantId);
}
