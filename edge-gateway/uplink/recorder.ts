/**
 * Writes what the station has to tell, many things in one transaction (group commit): whoever records waits until it is
 * safe on disk. When the disk is full, nothing is given up and nobody is told "safe": callers wait, drivers stop reading,
 * and the reserve keeps alarms, results and acknowledgements going.
 */
import type { Alarm, ReportedValue, ResultMessage, StatusChange } from '../../layers/station/messages.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { MessageStore } from './message-store.ts';
import { fullMessage } from './open-values.ts';
import { noReserve, type Reserve } from './reserve-file.ts';
import type { StationDatabase } from './station-database.ts';
import { type CommitFailure, type Recording, writeRecordings } from './write-recordings.ts';

export type StoreState = 'ok' | 'full' | 'failing';
export type StoredResult = Omit<ResultMessage, 'storeId' | 'seq'>;

/** Things that belong together: all of it is recorded or nothing. */
export interface RecordedThings {
  values?: readonly ReportedValue[];
  /** Of points whose values may go first when the store is full. */
  lowValues?: readonly ReportedValue[];
  /** Sequence of events. */
  events?: readonly ReportedValue[];
  alarms?: readonly Alarm[];
  status?: readonly StatusChange[];
  results?: readonly StoredResult[];
  /** Further writes of the same transaction. */
  write?: () => void;
}

export interface Recorder {
  /** Resolves when it is on disk. Does not reject: it waits as long as it takes, or until `close`. */
  record(things: RecordedThings): Promise<void>;
  /** The platform has these messages. Resolves when they are deleted. */
  acknowledge(seqs: readonly number[]): Promise<void>;
  /** How long values of one message are gathered; shorter while connected. */
  setInterval(intervalMs: number): void;
  readonly state: StoreState;
  /** Values recorded and not yet on disk. */
  readonly waiting: number;
  /** Values on disk, in no message yet. */
  readonly open: number;
  /** Writes what is waiting and closes open messages. */
  flush(): void;
  close(): void;
}

export interface RecorderOptions {
  database: StationDatabase;
  store: MessageStore;
  clock: Clock;
  log: Log;
  reserve?: Reserve;
  /** How long to gather for one commit; every commit waits for the disk. @default 100 */
  commitDelayMs?: number;
  /** There is something to send. */
  onStored?: () => void;
  onState?: (state: StoreState, reason: string | undefined) => void;
  onDropped?: (values: number) => void;
}

const urgentDelayMs = 5;
const retryMs = 1_000;

export function createRecorder(options: RecorderOptions): Recorder {
  const { database, store, clock, log, reserve = noReserve, commitDelayMs = 100 } = options;
  const writer = writeRecordings(database, store);
  let waiting: Recording[] = [];
  let waitingValues = 0;
  const acknowledged: { seqs: readonly number[]; resolve: () => void }[] = [];
  let intervalMs = 1_000;
  let openedAtMs: number | undefined = writer.openCount() > 0 ? clock.monotonicMs() - intervalMs : undefined;
  let state: StoreState = 'ok';
  let isClosed = false;
  let timer: { cancel(): void; dueMs: number } | undefined;

  const arm = (delayMs: number): void => {
    const dueMs = clock.monotonicMs() + delayMs;
    if (isClosed || (timer && timer.dueMs <= dueMs)) return;
    timer?.cancel();
    const { cancel } = clock.setTimer(() => {
      timer = undefined;
      commit();
    }, delayMs);
    timer = { cancel, dueMs };
  };

  const enter = (next: StoreState, reason?: string): void => {
    if (next === state) return;
    state = next;
    log(next === 'ok' ? 'info' : 'error', `store is ${next}`, { reason, ...store.figures() });
    options.onState?.(next, reason);
  };

  const isDue = (): boolean => openedAtMs !== undefined && clock.monotonicMs() - openedAtMs >= intervalMs;

  function commit(isLast = false): void {
    const batch = waiting;
    const seqs = acknowledged.flatMap((entry) => entry.seqs);
    const deleted = (): void => {
      for (const { resolve } of acknowledged.splice(0)) resolve();
    };
    const closeOpen = isLast || isDue() || writer.openCount() + waitingValues >= fullMessage;
    let failure: CommitFailure | undefined;
    let done: Recording[] = [];
    if (state === 'ok') failure = writer.write(batch, seqs, closeOpen, clock.now());
    if (state !== 'ok' || failure) {
      // One thing after the other: what makes room, what must not wait, and then the rest.
      if (failure?.kind === 'full') reserve.release();
      failure = writer.write([], seqs, false, clock.now());
      if (!failure) deleted();
      const urgent = batch.filter(isUrgent);
      failure ??= writer.write(urgent, [], false, clock.now());
      if (!failure) done = urgent;
      const rest = batch.filter((recording) => !isUrgent(recording));
      // Plain values must not eat the reserve; what was sent and deleted inside the file is as good as one.
      const hasRoom = !failure && (reserve.restore() || database.freeBytes() >= reserve.bytes);
      if (!hasRoom) failure ??= { kind: 'full', reason: 'the disk has no room beside the reserve' };
      failure ??= writer.write(rest, [], closeOpen, clock.now());
      if (!failure) done = batch;
    } else {
      done = batch;
      deleted();
    }
    finish(done, closeOpen && !failure);
    if (failure) {
      enter(failure.kind, failure.reason);
      arm(retryMs);
    } else {
      enter('ok');
      if (openedAtMs !== undefined) arm(Math.max(0, openedAtMs + intervalMs - clock.monotonicMs()));
    }
  }

  function finish(done: readonly Recording[], hasClosedOpen: boolean): void {
    if (done.length > 0) {
      const finished = new Set(done);
      waiting = waiting.filter((recording) => !finished.has(recording));
      waitingValues = waiting.reduce((sum, { valueCount }) => sum + valueCount, 0);
    }
    if (writer.openCount() === 0) openedAtMs = undefined;
    else if (hasClosedOpen || openedAtMs === undefined) openedAtMs = clock.monotonicMs();
    const dropped = writer.takeDropped();
    if (dropped > 0) options.onDropped?.(dropped);
    for (const { resolve } of done) resolve();
    if (done.length > 0 || hasClosedOpen) options.onStored?.();
  }

  if (openedAtMs !== undefined) arm(0);
  return {
    record: (things) =>
      new Promise((resolve) => {
        const { values = [], lowValues = [], events = [] } = things;
        const valueCount = values.length + lowValues.length + events.length;
        const recording = { ...things, valueCount, resolve };
        waiting.push(recording);
        waitingValues += valueCount;
        if (state !== 'ok') return arm(isUrgent(recording) ? urgentDelayMs : retryMs);
        arm(isUrgent(recording) || waitingValues >= fullMessage ? urgentDelayMs : commitDelayMs);
      }),
    acknowledge: (seqs) =>
      new Promise((resolve) => {
        acknowledged.push({ seqs, resolve });
        arm(commitDelayMs);
      }),
    setInterval(next) {
      intervalMs = next;
      if (openedAtMs !== undefined) arm(Math.max(0, openedAtMs + intervalMs - clock.monotonicMs()));
    },
    get state() {
      return state;
    },
    get waiting() {
      return waitingValues;
    },
    get open() {
      return writer.openCount();
    },
    flush: () => commit(true),
    close() {
      commit(true);
      isClosed = true;
      timer?.cancel();
    },
  };
}

/** Alarms, results and changes of status do not wait for values, nor for their room. */
const isUrgent = ({ alarms, results, status, write, valueCount }: Recording): boolean =>
  valueCount === 0 && Boolean(alarms?.length || results?.length || status?.length || write);
