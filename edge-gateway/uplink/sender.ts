/**
 * Sends what is stored, most urgent first: alarms, results and status of any age; then live values; and last, at a bounded
 * rate, what piled up while the line was down. In each of these lanes the order of storing is kept. What the broker has
 * acknowledged is deleted; what it has not is sent again after the next connect, under the same number.
 */
import type { UpKind } from '../../layers/station/topics.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { BackfillRate } from './backfill-rate.ts';
import { type MessageStore, type StoreClass, type StoredMessage, storeClasses } from './message-store.ts';

export interface SenderOptions {
  store: MessageStore;
  clock: Clock;
  log: Log;
  rate: BackfillRate;
  /** Resolves when the broker acknowledged; rejects when it did not and the line is gone. */
  publish: (kind: UpKind, body: Uint8Array) => Promise<void>;
  /** Resolves when they are deleted. */
  acknowledge: (seqs: readonly number[]) => Promise<void>;
}

export interface Sender {
  /** The line is up: everything stored until now is backlog. */
  connected(): void;
  disconnected(): void;
  /** Something was stored, or may be sent again. */
  wake(): void;
  readonly isCatchingUp: boolean;
  readonly sentMessages: number;
  readonly sentBytes: number;
}

/** AWS IoT Core takes no more than 100 unacknowledged from a client. */
const window = 40;
/** So that live values never wait for a window full of old ones. */
const backfillWindow = 10;
const readAhead = 20;
/** Live values that wait longer than this are many more than the line carries: newer ones go first again. */
const longestLiveLagMs = 60_000;

interface Lane {
  storeClass: StoreClass;
  isBackfill: boolean;
  /** Highest number taken from the store. */
  cursor: number;
  /** Highest number that belongs to it. */
  end: number;
  queue: StoredMessage[];
}

const urgent: readonly StoreClass[] = ['alarms', 'results', 'status'];
const rated = storeClasses.filter((storeClass) => !urgent.includes(storeClass));

export function createSender({ store, clock, log, rate, publish, acknowledge }: SenderOptions): Sender {
  let lanes: Lane[] = [];
  /** Of this connection; one that was replaced must not touch the next one's account. */
  let connection = 0;
  let inFlight = 0;
  let backfillInFlight = 0;
  /** Numbers that must not be taken again: sent and not deleted yet. */
  const taken = new Set<number>();
  let timer: { cancel(): void } | undefined;
  let sentMessages = 0;
  let sentBytes = 0;
  const isDown = (): boolean => lanes.length === 0;

  const lane = (storeClass: StoreClass, isBackfill: boolean, cursor: number, end: number): Lane => ({
    storeClass,
    isBackfill,
    cursor,
    end,
    queue: [],
  });
  const divide = (boundary: number): Lane[] => [
    ...urgent.map((storeClass) => lane(storeClass, false, 0, Number.MAX_SAFE_INTEGER)),
    ...rated.map((storeClass) => lane(storeClass, false, boundary, Number.MAX_SAFE_INTEGER)),
    ...rated.map((storeClass) => lane(storeClass, true, 0, boundary)),
  ];

  const peek = (from: Lane): StoredMessage | undefined => {
    while (from.queue.length === 0 && from.cursor < Math.min(from.end, store.lastSeq())) {
      const found = store.next(from.storeClass, from.cursor, from.end, readAhead);
      from.cursor = found.length < readAhead ? Math.min(from.end, store.lastSeq()) : found.at(-1)!.seq;
      from.queue.push(...found.filter(({ seq }) => !taken.has(seq)));
    }
    return from.queue[0];
  };

  const send = (from: Lane, message: StoredMessage): void => {
    const mine = connection;
    from.queue.shift();
    taken.add(message.seq);
    inFlight++;
    if (from.isBackfill) backfillInFlight++;
    publish(message.kind, message.body).then(
      () => {
        sentMessages++;
        sentBytes += message.body.length;
        acknowledge([message.seq]).then(() => taken.delete(message.seq));
        settle(mine, from);
      },
      (error: Error) => {
        taken.delete(message.seq);
        log('debug', 'message not acknowledged', { seq: message.seq, error });
        settle(mine, from);
      },
    );
  };
  const settle = (mine: number, from: Lane): void => {
    if (mine !== connection) return;
    inFlight--;
    if (from.isBackfill) backfillInFlight--;
    wake();
  };

  function wake(): void {
    timer?.cancel();
    timer = undefined;
    for (const from of lanes) {
      for (let next = peek(from); next && inFlight < window; next = peek(from)) {
        if (from.isBackfill) {
          if (backfillInFlight >= backfillWindow) break;
          const waitMs = rate.take(next.body.length);
          if (waitMs > 0) {
            timer = clock.setTimer(wake, waitMs);
            return;
          }
        }
        send(from, next);
      }
    }
    checkLag();
  }

  function checkLag(): void {
    const late = lanes.some(
      ({ isBackfill, storeClass, queue: [oldest] }) =>
        !isBackfill && !urgent.includes(storeClass) && oldest && clock.now() - oldest.createdMs > longestLiveLagMs,
    );
    if (!late) return;
    log('warn', 'the uplink carries less than the station tells: newest values go first', { ...store.figures() });
    lanes = divide(store.lastSeq());
  }

  return {
    connected() {
      connection++;
      inFlight = 0;
      backfillInFlight = 0;
      lanes = divide(store.lastSeq());
      wake();
    },
    disconnected() {
      connection++;
      lanes = [];
      timer?.cancel();
      timer = undefined;
    },
    wake() {
      if (!isDown()) wake();
    },
    get isCatchingUp() {
      return lanes.some((from) => from.isBackfill && peek(from) !== undefined);
    },
    get sentMessages() {
      return sentMessages;
    },
    get sentBytes() {
      return sentBytes;
    },
  };
}
