/** One commit of the recorder: its recordings become messages or open values, or, when anything fails, nothing at all. */
import {
  type Alarm,
  encodeAlarms,
  encodeValues,
  type ReportedValue,
  resultCodec,
  statusCodec,
} from '../../layers/station/messages.ts';
import { type MessageStore, type StoreClass, storeClasses } from './message-store.ts';
import { chunkText, readChunk, splitIntoMessages } from './open-values.ts';
import type { RecordedThings } from './recorder.ts';
import { type StationDatabase, sqliteCode } from './station-database.ts';

export interface Recording extends RecordedThings {
  valueCount: number;
  resolve: () => void;
}

export interface CommitFailure {
  kind: 'full' | 'failing';
  reason: string;
}

/** SQLITE_FULL. */
const full = 13;
const alarmsPerMessage = 100;
const changesPerMessage = 100;
const gathered = ['values', 'low_values'] as const;
type Gathered = (typeof gathered)[number];

export function writeRecordings(database: StationDatabase, store: MessageStore) {
  const open: Record<Gathered, ReportedValue[]> = { values: [], low_values: [] };
  let dropped = 0;
  for (const row of database.prepare('SELECT class, body FROM chunks ORDER BY id').all())
    open[storeClasses[Number(row['class'])] as Gathered].push(...readChunk(String(row['body'])));

  const putValues = (storeClass: StoreClass, values: readonly ReportedValue[], nowMs: number): void => {
    for (const piece of splitIntoMessages(values))
      store.put(storeClass, nowMs, piece.length, (seq) => encodeValues({ storeId: store.storeId, seq, values: piece }));
  };

  const putAlarms = (alarms: readonly Alarm[], nowMs: number): void => {
    for (const part of parts(alarms, alarmsPerMessage))
      store.put('alarms', nowMs, 0, (seq) => encodeAlarms({ storeId: store.storeId, seq, alarms: part }));
    for (const alarm of alarms)
      if (alarm.state === 'cleared')
        database.prepare('DELETE FROM active_alarms WHERE alarm_id = ?').run(alarm.alarmId);
      else
        database
          .prepare('INSERT OR REPLACE INTO active_alarms VALUES (?, ?)')
          // The body of a message is the one form in which values of every type are text.
          .run(alarm.alarmId, encodeAlarms({ storeId: store.storeId, seq: 1, alarms: [alarm] }).toString('base64'));
  };

  /** What is open when all of it is written. */
  const writeAll = (
    batch: readonly Recording[],
    closeOpen: boolean,
    nowMs: number,
  ): Record<Gathered, ReportedValue[]> => {
    putAlarms(
      gather(batch, ({ alarms }) => alarms),
      nowMs,
    );
    for (const result of gather(batch, ({ results }) => results))
      store.put('results', nowMs, 0, (seq) => resultCodec.encode({ storeId: store.storeId, seq, ...result }));
    for (const changes of parts(
      gather(batch, ({ status }) => status),
      changesPerMessage,
    ))
      store.put('status', nowMs, 0, (seq) => statusCodec.encode({ storeId: store.storeId, seq, changes }));
    putValues(
      'events',
      gather(batch, ({ events }) => events),
      nowMs,
    );
    const after = { values: open.values, low_values: open.low_values };
    for (const storeClass of gathered) {
      const fresh = gather(batch, ({ values, lowValues }) => (storeClass === 'values' ? values : lowValues));
      const number = storeClasses.indexOf(storeClass);
      if (closeOpen) {
        putValues(storeClass, [...open[storeClass], ...fresh], nowMs);
        if (open[storeClass].length > 0) database.prepare('DELETE FROM chunks WHERE class = ?').run(number);
        after[storeClass] = [];
      } else if (fresh.length > 0) {
        database.prepare('INSERT INTO chunks (class, body) VALUES (?, ?)').run(number, chunkText(fresh));
        after[storeClass] = [...open[storeClass], ...fresh];
      }
    }
    for (const { write } of batch) write?.();
    return after;
  };

  return {
    openCount: () => open.values.length + open.low_values.length,
    /** Values given up since the last call. */
    takeDropped(): number {
      const taken = dropped;
      dropped = 0;
      return taken;
    },
    /** @returns why nothing of it was written */
    write(
      batch: readonly Recording[],
      acknowledged: readonly number[],
      closeOpen: boolean,
      nowMs: number,
    ): CommitFailure | undefined {
      if (batch.length === 0 && acknowledged.length === 0 && !closeOpen) return undefined;
      const forget = store.remember();
      try {
        const { after, evicted } = database.transaction(() => {
          store.delete(acknowledged);
          const result = { after: writeAll(batch, closeOpen, nowMs), evicted: store.evict() };
          const wants = batch.some(({ valueCount }) => valueCount > 0);
          if (!result.evicted.fits && wants) throw new StoreFull();
          return result;
        });
        Object.assign(open, after);
        dropped += evicted.values;
        return undefined;
      } catch (error) {
        forget();
        const isFull = error instanceof StoreFull || sqliteCode(error) === full;
        if (!isFull && sqliteCode(error) === undefined) throw error;
        return { kind: isFull ? 'full' : 'failing', reason: (error as Error).message };
      }
    },
  };
}

/** As large as it may be, with nothing in it that may be given up. */
class StoreFull extends Error {
  constructor() {
    super('the store has reached its bound and holds no plain values');
  }
}

function gather<Item>(
  batch: readonly Recording[],
  pick: (recording: Recording) => readonly Item[] | undefined,
): Item[] {
  return batch.flatMap((recording) => pick(recording) ?? []);
}

function* parts<Item>(items: readonly Item[], size: number): Generator<Item[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
