/**
 * The SQLite file under all tables. SQLite works synchronously and this process is its only user, so one SQL
 * transaction makes any number of items change at once, and no reader ever sees half of it.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { ConfigurationError } from '../../../runtime/types.ts';

export class Database {
  readonly #sqlite: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;

  /** @param dataDir folder of the file; undefined keeps everything in memory */
  constructor(dataDir: string | undefined) {
    const file = dataDir === undefined ? ':memory:' : join(dataDir, 'dynamodb.sqlite');
    if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true });
    this.#sqlite = new DatabaseSync(file);
    try {
      // Larger pages keep items of some kilobytes inside the tree. The file is locked for this process alone:
      // two writers would break the order of the streams.
      this.#sqlite.exec('PRAGMA page_size = 8192; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;');
      // Development data outlives a crash of the process, which needs no waiting for the disk; only a power cut may hurt it.
      this.#sqlite.exec('PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -65536;');
      this.#sqlite.exec(schema);
    } catch (cause) {
      this.#sqlite.close();
      throw new ConfigurationError(
        `Cannot open ${file}: ${(cause as Error).message}. Is another platform running on the same data folder?`,
        { cause },
      );
    }
    this.#begin = this.#sqlite.prepare('BEGIN IMMEDIATE');
    this.#commit = this.#sqlite.prepare('COMMIT');
    this.#rollback = this.#sqlite.prepare('ROLLBACK');
  }

  prepare(sql: string): StatementSync {
    return this.#sqlite.prepare(sql);
  }

  exec(sql: string): void {
    this.#sqlite.exec(sql);
  }

  /** Runs `work` in one transaction: all of its changes stay, or none when it throws. Nested calls join the outer one. */
  transaction<T>(work: () => T): T {
    if (this.#sqlite.isTransaction) return work();
    this.#begin.run();
    try {
      const result = work();
      this.#commit.run();
      return result;
    } catch (error) {
      if (this.#sqlite.isTransaction) this.#rollback.run();
      throw error;
    }
  }

  close(): void {
    this.#sqlite.close();
  }
}

const schema = `
  CREATE TABLE IF NOT EXISTS catalog (
    name TEXT PRIMARY KEY,
    entry TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS counters (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS stream_records (
    stream INTEGER NOT NULL,
    shard INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (stream, shard, sequence)
  ) WITHOUT ROWID;
`;
