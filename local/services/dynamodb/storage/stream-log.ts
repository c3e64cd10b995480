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
/** Old records are hidden at once, and deleted when this much time has passed since the last time. */
const trimEveryMs = 10 * 60 * 1000;

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
  #trimmedAtMs: number;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#append = database.prepare('INSERT INTO stream_records VALUES (?, ?, ?, ?, ?)');
    this.#read = database.prepare(
      `SELECT sequence, created_at_ms AS createdAtMs, record FROM stream_records
       WHERE stream = ? AND shard = ? AND sequence > ? AND created_at_ms >= ? ORDER BY sequence LIMIT ?`,
    );
    this.#latest = database.prepare(
      `SELECT sequence FROM stream_records
       WHERE stream = ? AND shard = ? AND created_at_ms >= ? ORDER BY sequence DESC LIMIT 1`,
    );
    // The counter is saved at a regular end only; after a crash the records themselves know better.
    const newest = this.#shards().map(({ stream, shard }) => Number(this.#latest.get(stream, shard, 0)!['sequence']));
    this.#sequence = Math.max(readCounter(database, 'sequence'), ...newest);
    this.#trimmedAtMs = clock.now();
  }

  append(stream: number, shard: number, record: string): void {
    const nowMs = this.#clock.now();
    if (nowMs - this.#trimmedAtMs >= trimEveryMs) this.#trim(nowMs);
    this.#sequence += 1;
    this.#append.run(stream, shard, this.#sequence, nowMs, record);
    this.#announce(stream);
  }

  /** @param after sequence number; 0 reads from the oldest record */
  read(stream: number, shard: number, after: number, limit: number): LoggedRecord[] {
    return this.#read.all(stream, shard, after, this.#oldestKeptMs(), limit) as unknown as LoggedRecord[];
  }

  latest(stream: number, shard: number): number | undefined {
    return this.#latest.get(stream, shard, this.#oldestKeptMs())?.['sequence'] as number | undefined;
  }

  listen(stream: number, listener: () => void): () => void {
    const listeners = this.#listeners.get(stream) ?? new Set();
    this.#listeners.set(stream, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Keeps the counter, so that numbers of deleted records never come again. */
  saveSequence(): void {
    writeCounter(this.#database, 'sequence', this.#sequence);
  }

  drop(stream: number): void {
    this.#database.prepare('DELETE FROM stream_records WHERE stream = ?').run(stream);
    this.saveSequence();
  }

  #oldestKeptMs(): number {
    return this.#clock.now() - retentionMs;
  }

  /** Deletes old records from the front of every shard, without looking at those behind. */
  #trim(nowMs: number): void {
    this.#trimmedAtMs = nowMs;
    this.saveSequence();
    const firstKept = this.#database.prepare(
      `SELECT sequence FROM stream_records
       WHERE stream = ? AND shard = ? AND created_at_ms >= ? ORDER BY sequence LIMIT 1`,
    );
    const remove = this.#database.prepare('DELETE FROM stream_records WHERE stream = ? AND shard = ? AND sequence < ?');
    for (const { stream, shard } of this.#shards()) {
      const first = firstKept.get(stream, shard, nowMs - retentionMs)?.['sequence'] as number | undefined;
      remove.run(stream, shard, first ?? this.#sequence + 1);
    }
  }

  /** Every shard with records, found by jumping from one to the next instead of reading all records. */
  #shards(): { stream: number; shard: number }[] {
    const next = this.#database.prepare(
      'SELECT stream, shard FROM stream_records WHERE (stream, shard) > (?, ?) ORDER BY stream, shard LIMIT 1',
    );
    const shards: { stream: number; shard: number }[] = [];
    for (let row = next.get(-1, -1); row !== undefined; row = next.get(row['stream']!, row['shard']!))
      shards.push(row as { stream: number; shard: number });
    return shards;
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
