/** Repeats a change on a row that others change at the same time, each time on the row as it is by then. */
import { AppError, isAppError } from '../../layers/kernel/errors/app-error.ts';

const maxAttempts = 8;

/** @param work reads, decides and commits; it must be repeatable */
export async function retryConflicts<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const isOvertaken = isAppError(error) && (error.code === 'version_conflict' || error.code === 'already_exists');
      if (!isOvertaken) throw error;
      if (attempt === maxAttempts)
        throw new AppError('unavailable', 'It is being changed by others.', { cause: error });
    }
  }
}
