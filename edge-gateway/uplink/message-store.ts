/**
 * Messages on disk until the platform has them: put, next, delete. Classes say who goes first and who may be given up
 * when the store is as large as it may be: the oldest values of low priority, then the oldest values, and nothing else.
 */
import type { UpKind } from '../../layers/station/topics.ts';
import type { StationDatabase } from './station-database.ts';

/** In the order of urgency. */
export const storeClasses = ['alarms', 'results', 'status', 'events', 'values', 'low_values'] as const;
export type StoreClass = (typeof storeClasses)[number];

const kinds: Record<StoreClass, UpKind> = {
  alarms: 'alarms',
  results: 'results',
  status: 'status',
  events: 'events',
  values: 'values',
  low_values: 'values',
};

export interface StoredMessage {
  seq: number;
  kind: UpKind;
  createdMs: number;
  body: Uint8Array;
}

export interface StoreFigures {
  messages: number;
  bytes: number;
  oldestMs: number | null;
  droppedValues: number;
}

/** Writes must happen inside a transaction of the database; figures follow them at once. */
export interface MessageStore {
  readonly storeId: string;
  lastSeq(): number;
  /** @param encode makes the bytes, given the number the message gets */
  put(storeClass: StoreClass, createdMs: number, valueCount: number, encode: (seq: number) => Uint8Array): void;
  delete(seqs: Iterable<number>): void;
  next(storeClass: StoreClass, afterSeq: number, upToSeq: number, limit: number): StoredMessage[];
  /** Deletes until the store is small enough, if values alone allow it. */
  evict(): { values: number; fits: boolean };
  figures(): StoreFigures;
  /** @returns what brings the figures back when the transaction fails */
  remember(): () => void;
}

/** Of row, index and free space in pages, beside the body. */
const rowBytes = 64;

export function createMessageStore(database: StationDatabase, maxBytes: number): MessageStore {
  const insert = 'INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?)';
  let messages = 0;
  let bytes = 0;
  let lastSeq = 0;
  let droppedValues = 0;
  {
    const totals = database
      .prepare(`SELECT count(*) AS n, coalesce(sum(length(body) + ${rowBytes}), 0) AS b FROM messages`)
      .get() as { n: number; b: number };
    messages = totals.n;
    bytes = totals.b;
    const sequence = database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'messages'").get();
    lastSeq = Number(sequence?.['seq'] ?? 0);
    droppedValues = Number(database.readMeta('droppedValues') ?? 0);
  }

  const remove = (seq: number): void => {
    const row = database.prepare('DELETE FROM messages WHERE seq = ? RETURNING length(body) AS b').get(seq);
    if (!row) return;
    messages--;
    bytes -= Number(row['b']) + rowBytes;
  };
  const evictFrom = (storeClass: StoreClass, target: number): number => {
    let values = 0;
    while (bytes > target) {
      const rows = database
        .prepare('SELECT seq, value_count AS n FROM messages WHERE class = ? ORDER BY seq LIMIT 50')
        .all(storeClasses.indexOf(storeClass)) as { seq: number; n: number }[];
      if (rows.length === 0) break;
      for (const { seq, n } of rows) {
        if (bytes <= target) break;
        remove(seq);
        values += n;
      }
    }
    return values;
  };

  return {
    storeId: database.storeId,
    lastSeq: () => lastSeq,
    put(storeClass, createdMs, valueCount, encode) {
      const body = encode(lastSeq + 1);
      lastSeq++;
      database
        .prepare(insert)
        .run(lastSeq, storeClasses.indexOf(storeClass), kinds[storeClass], createdMs, valueCount, body);
      messages++;
      bytes += body.length + rowBytes;
    },
    delete(seqs) {
      for (const seq of seqs) remove(seq);
    },
    next: (storeClass, afterSeq, upToSeq, limit) =>
      database
        .prepare(
          'SELECT seq, kind, created_ms AS createdMs, body FROM messages WHERE class = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?',
        )
        .all(storeClasses.indexOf(storeClass), afterSeq, upToSeq, limit) as unknown as StoredMessage[],
    evict() {
      if (bytes <= maxBytes) return { values: 0, fits: true };
      // A little more than needed, so that it is not done at every commit.
      const target = maxBytes * 0.98;
      const values = evictFrom('low_values', target) + evictFrom('values', target);
      if (values > 0) {
        droppedValues += values;
        database.writeMeta('droppedValues', String(droppedValues));
      }
      return { values, fits: bytes <= maxBytes };
    },
    figures: () => ({
      messages,
      bytes,
      oldestMs: (database.prepare('SELECT created_ms AS t FROM messages ORDER BY seq LIMIT 1').get()?.['t'] ?? null) as
        | number
        | null,
      droppedValues,
    }),
    remember() {
      const before = { messages, bytes, lastSeq, droppedValues };
      return () => {
        ({ messages, bytes, lastSeq, droppedValues } = before);
      };
    },
  };
}
