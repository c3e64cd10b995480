/** Does a piece of work again on fresh reads when another changed a row in between: two payments of one customer at once. */
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';

const maxAttempts = 8;
const changed = ['version_conflict', 'unavailable'];
/** Where two who do the same at once make the same key. */
export const changedOrMade = [...changed, 'already_exists'];

/** @param work reads, decides and commits; called again when what it read has changed */
export async function retryOnChange<T>(work: () => Promise<T>, codes: readonly string[] = changed): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const isRace = isAppError(error) && codes.includes(error.code);
      if (!isRace || attempt === maxAttempts) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5 * 2 ** attempt * (0.5 + Math.random())));
    }
  }
}
