/**
 * The one file a station's gateway keeps: what waits for the platform, commands and their outcome, configurations, alarms
 * that stand. Write-ahead log with `synchronous = FULL`: what was committed survives kill -9 and a power cut.
 * @see https://sqlite.org/pragma.html#pragma_synchronous
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

const schema = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  -- Values that wait for their message to be full or due.
  CREATE TABLE chunks (id INTEGER PRIMARY KEY AUTOINCREMENT, class INTEGER NOT NULL, body TEXT NOT NULL);
  -- Messages in the bytes they will be sent in. AUTOINCREMENT: a number is never given twice.
  CREATE TABLE messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, class INTEGER NOT NULL, kind TEXT NOT NULL, created_ms INTEGER NOT NULL,
    value_count INTEGER NOT NULL, body BLOB NOT NULL);
  CREATE INDEX messages_by_class ON messages (class, seq);
  CREATE TABLE active_alarms (alarm_id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE commands (
    id TEXT PRIMARY KEY, received_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL, state TEXT NOT NULL,
    body TEXT NOT NULL, outcome TEXT) WITHOUT ROWID;
  CREATE TABLE configurations (slot TEXT PRIMARY KEY, version INTEGER NOT NULL, saved_ms INTEGER NOT NULL,
    starts INTEGER NOT NULL DEFAULT 0, body BLOB NOT NULL) WITHOUT ROWID;
`;

export interface StationDatabase {
  /** Random; new whenever the file is. */
  readonly storeId: string;
  readonly createdMs: number;
  /** Why the file that was there before had to be put aside. */
  readonly replacedBecause: string | undefined;
  /** Compiled once. */
  prepare(sql: string): StatementSync;
  exec(sql: string): void;
  /** All or nothing. @throws what the work throws, or SQLite, after rolling back */
  transaction<Result>(work: () => Result): Result;
  /** Inside the file: room for writes when the disk has none. */
  freeBytes(): number;
  readMeta(key: string): string | undefined;
  writeMeta(key: string, value: string): void;
  close(): void;
}

const fileName = 'station.db';
/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const damaged = new Set([11, 26]);

/** @param folder made when it is not there; undefined keeps everything in memory, for tests */
export function openStationDatabase(folder: string | undefined, nowMs: number): StationDatabase {
  if (folder === undefined) return prepareDatabase(new DatabaseSync(':memory:'), nowMs, undefined);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, fileName);
  try {
    return prepareDatabase(openFile(path), nowMs, undefined);
  } catch (error) {
    if (!damaged.has(sqliteCode(error) ?? 0)) throw error;
    // What is damaged may still be of use to a person; the station must go on.
    for (const suffix of ['', '-wal', '-shm'])
      if (existsSync(path + suffix)) renameSync(path + suffix, `${path}.damaged-${nowMs}${suffix}`);
    return prepareDatabase(openFile(path), nowMs, (error as Error).message);
  }
}

function openFile(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 2000;');
    // Bounds the log on disk, and how much a commit may have to carry over.
    database.exec('PRAGMA wal_autocheckpoint = 500; PRAGMA journal_size_limit = 8388608; PRAGMA cache_size = -8000;');
    const [row] = database.prepare('PRAGMA quick_check(1)').all();
    if (row?.['quick_check'] !== 'ok') throw Object.assign(new Error(String(row?.['quick_check'])), { errcode: 11 });
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** SQLite's result code of an error, e.g. 13 for SQLITE_FULL; extended codes are brought back to their base. */
export function sqliteCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown } | undefined)?.errcode;
  return typeof code === 'number' ? code & 0xff : undefined;
}

function prepareDatabase(database: DatabaseSync, nowMs: number, replacedBecause: string | undefined): StationDatabase {
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version > 1) throw new Error(`${fileName} was written by a later version of the gateway (format ${version}).`);
  const statements = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    let statement = statements.get(sql);
    if (!statement) {
      statement = database.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  };
  const transaction = <Result>(work: () => Result): Result => {
    database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      database.exec('COMMIT');
      return result;
    } catch (error) {
      // SQLite may have rolled back already, for instance when the disk is full.
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  };
  const readMeta = (key: string): string | undefined =>
    prepare('SELECT value FROM meta WHERE key = ?').get(key)?.['value'] as string | undefined;
  const writeMeta = (key: string, value: string): void => {
    prepare('INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value').run(key, value);
  };
  if (version === 0)
    transaction(() => {
      database.exec(schema);
      writeMeta('storeId', randomBytes(8).toString('hex'));
      writeMeta('createdMs', String(nowMs));
      database.exec('PRAGMA user_version = 1');
    });
  return {
    storeId: readMeta('storeId')!,
    createdMs: Number(readMeta('createdMs')),
    replacedBecause,
    prepare,
    exec: (sql) => database.exec(sql),
    transaction,
    freeBytes: () => {
      const pages = Number(prepare('PRAGMA freelist_count').get()?.['freelist_count']);
      return pages * Number(prepare('PRAGMA page_size').get()?.['page_size']);
    },
    readMeta,
    writeMeta,
    close: () => database.close(),
  };
}
