/**
 * The change log behind DynamoDB Streams: records in commit order per shard, kept for a day of modelled time.
 * Records are written in the transaction of the change they tell of.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
 */
import type { StatementSync } from 'node:sqlite';
import type { Clock } from '../../../runtime/types.ts';
import { readCounter, writeCounter } from './counters.ts';
import type { Database } from './database.ts';

/** More than one, so that consumers meet what AWS does: no order across partition keys. */
export const shardCount = 4;

/** "All data in DynamoDB Streams is subject to a 24-hour lifetime." */
const retentionMs = 24 * 60 * 60 * 1000;

export interface LoggedRecord {
  sequence: number;
  createdAtMs: number;
  /** JSON of the record's own content, see `build-stream-record.ts`. */
  record: string;
}

export class StreamLog {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #append: StatementSync;
  readonly #read: StatementSync;
  readonly #latest: StatementSync;
  readonly #listeners = new Map<number, Set<() => void>>();
  readonly #announced = new Set<number>();
  #sequence: number;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#append = database.prepare('INSERT INTO stream_records VALUES (?, ?, ?, ?, ?)');
    this.#read = database.prepare(
      `SELECT sequence, created_at_ms AS createdAtMs, record FROM stream_records
       WHERE stream = ? AND shard = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
    );
    this.#latest = database.prepare(
      'SELECT max(sequence) AS latest FROM stream_records WHERE stream = ? AND shard = ?',
    );
    const row = database.prepare('SELECT max(sequence) AS latest FROM stream_records').get()!;
    this.#sequence = Math.max(Number(row['latest'] ?? 0), readCounter(database, 'sequence'));
  }

  append(stream: number, shard: number, record: string): void {
    this.#sequence += 1;
    this.#append.run(stream, shard, this.#sequence, this.#clock.now(), record);
    this.#announce(stream);
  }

  /** @param after sequence number; 0 reads from the oldest record */
  read(stream: number, shard: number, after: number, limit: number): LoggedRecord[] {
    return this.#read.all(stream, shard, after, limit) as unknown as LoggedRecord[];
  }

  latest(stream: number, shard: number): number | undefined {
    return (this.#latest.get(stream, shard)!['latest'] as number | null) ?? undefined;
  }

  listen(stream: number, listener: () => void): () => void {
    const listeners = this.#listeners.get(stream) ?? new Set();
    this.#listeners.set(stream, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Forgets what is older than a day. The counter is kept, so numbers of trimmed records never come again. */
  trim(): void {
    this.#database.transaction(() => {
      writeCounter(this.#database, 'sequence', this.#sequence);
      this.#database.prepare('DELETE FROM stream_records WHERE created_at_ms < ?').run(this.#clock.now() - retentionMs);
    });
  }

  drop(stream: number): void {
    this.#database.prepare('DELETE FROM stream_records WHERE stream = ?').run(stream);
    writeCounter(this.#database, 'sequence', this.#sequence);
  }

  /** One call for all records of an event-loop turn, after their transactions are done. */
  #announce(stream: number): void {
    if (this.#announced.has(stream) || !this.#listeners.get(stream)?.size) return;
    this.#announced.add(stream);
    setImmediate(() => {
      this.#announced.delete(stream);
      for (const listener of [...(this.#listeners.get(stream) ?? [])]) listener();
    });
  }
}
