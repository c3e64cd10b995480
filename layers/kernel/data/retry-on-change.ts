/**
 * Does a piece of work again, on fresh reads, when somebody else changed a row in between: two payments of one customer, an
 * alarm that is closed while it is raised again.
 */
import { AppError, isAppError } from '../errors/app-error.ts';
import type { ErrorCode } from '../errors/error-codes.ts';

const maxAttempts = 8;
const changed: readonly ErrorCode[] = ['version_conflict', 'unavailable'];
const changedOrMade: readonly ErrorCode[] = [...changed, 'already_exists'];

/**
 * @param work reads, decides and commits; it must be repeatable
 * @throws AppError `unavailable` when others were faster every time
 */
export const retryOnChange = <T>(work: () => Promise<T>): Promise<T> => retry(work, changed);

/** Also where two who do the same at once make the same key: whoever comes second finds it when reading again. */
export const retryOnChangeOrMade = <T>(work: () => Promise<T>): Promise<T> => retry(work, changedOrMade);

/** Does what needs no repetition when somebody else changed a row in between. @returns whether it was done */
export async function unlessChanged(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (isAppError(error) && error.code === 'version_conflict') return false;
    throw error;
  }
}

async function retry<T>(work: () => Promise<T>, codes: readonly ErrorCode[]): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(isAppError(error) && codes.includes(error.code))) throw error;
      if (attempt === maxAttempts)
        throw new AppError('unavailable', 'It is being changed by others.', { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 5 * 2 ** attempt * (0.5 + Math.random())));
    }
  }
}
