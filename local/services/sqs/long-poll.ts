/** Long polling: one receive that waits for messages. @see Developer Guide, "Amazon SQS short and long polling" */
import type { Clock } from '../../runtime/types.ts';
import type { Availability } from './availability.ts';
import type { QueuedMessage } from './message.ts';

export interface LongPoll {
  clock: Clock;
  availability: Availability;
  receive(): QueuedMessage[];
  waitMs: number;
  signal: AbortSignal | undefined;
}

/** Resolves with messages as soon as there are some, with none after `waitMs` of modelled time or when the signal aborts. */
export function pollLong({ clock, availability, receive, waitMs, signal }: LongPoll): Promise<QueuedMessage[]> {
  return new Promise((resolve, reject) => {
    const finish = (messages: QueuedMessage[]) => {
      timer.cancel();
      unsubscribe();
      signal?.removeEventListener('abort', giveUp);
      resolve(messages);
    };
    const giveUp = () => finish([]);
    const timer = clock.setTimer(waitMs, giveUp);
    const unsubscribe = availability.subscribe(() => {
      try {
        const messages = receive();
        if (messages.length > 0) finish(messages);
      } catch (error) {
        reject(error);
        giveUp();
      }
    });
    signal?.addEventListener('abort', giveUp);
  });
}
