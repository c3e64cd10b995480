/** Postings at the same time: the loser reads again and repeats, a few times, after a wait that differs for everybody. */
import { AppError, isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { refused } from '../refused.ts';

const marker = 'Another posting was faster.';

const contention = 'Too many postings are made at the same time. Try again shortly.';

/** Another transaction changed what this one was built on; to be repeated. */
export const raced = (): AppError => new AppError('conflict', marker);

/** Several transactions on one row commit one after the other, so the last of a dozen waits for eleven. */
const maxAttempts = 14;
const longestWaitMs = 400;

/** @throws AppError `conflict` when others are faster every time */
export async function whileRacing<T>(attempt: () => Promise<T>): Promise<T> {
  for (let round = 1; ; round++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isRace(error)) throw error;
      if (round === maxAttempts)
        throw refused('conflict', contention, 'تجري ترحيلات كثيرة في الوقت نفسه. حاول بعد قليل.');
      const waitMs = Math.min(longestWaitMs, 8 * 1.7 ** round) * Math.random();
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

/** Whether nothing is wrong but the moment: the same will succeed later. */
export const isContention = (error: unknown): boolean =>
  isAppError(error) && (error.message === contention || error.code === 'unavailable');

/** `unavailable` is DynamoDB's own: the items were held by others during all retries of the unit of work. */
const isRace = (error: unknown): boolean =>
  isAppError(error) && ((error.code === 'conflict' && error.message === marker) || error.code === 'unavailable');
