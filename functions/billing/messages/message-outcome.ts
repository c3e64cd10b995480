/** How a message stands by now. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { CustomerMessage } from './message-schema.ts';

/** The queue has set aside by then whatever nobody could send: its receives, and the backlog of a large billing run. */
export const longestQueuedMs = 12 * 3_600_000;

/**
 * A message whose sender died at every try keeps `queued` in its row, since nobody was left to write more; by its age it has
 * failed, and can be asked for again.
 */
export function outcomeOf(
  { status, reason, updatedAt }: Pick<CustomerMessage & Stored, 'status' | 'reason' | 'updatedAt'>,
  now: string,
): Pick<CustomerMessage, 'status' | 'reason'> {
  if (status === 'queued' && Date.parse(now) - Date.parse(updatedAt) > longestQueuedMs)
    return { status: 'failed', reason: 'unreachable' };
  return { status, ...(reason === undefined ? {} : { reason }) };
}
