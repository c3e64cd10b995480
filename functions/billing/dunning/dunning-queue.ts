/** The queue of the morning's walks, a page for a message. */
import { logger } from '../../../layers/kernel/observability/logger.ts';

export const dunningQueue = 'dunning';

/**
 * Does something for every row of a page: one customer's trouble does not keep the others from being looked at, and tomorrow it is
 * tried again.
 * @throws where all went wrong; the page comes again then, so the next one is not to be asked for yet: else each try would start
 * another walk of the rest
 */
export async function eachOfPage<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  about: (item: T) => Record<string, string>,
): Promise<void> {
  let failed = 0;
  for (const item of items)
    try {
      await work(item);
    } catch (error) {
      failed++;
      logger.error('not looked at by dunning', { ...about(item), error: error as Error });
    }
  if (failed > 0 && failed === items.length) throw new Error(`None of ${failed} rows could be worked off.`);
}
