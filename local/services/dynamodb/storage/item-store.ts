/** The rows of one table: an item as JSON text under its encoded key. */
import type { StatementSync } from 'node:sqlite';
import type { Item } from '../values/attribute-value.ts';
import type { Database } from './database.ts';
import { type RowRange, rangeClause } from './row-range.ts';

export interface RowKey {
  hash: Uint8Array;
  range: Uint8Array;
}

export interface StoredItem {
  item: Item;
  /** The stored JSON, for stream records. */
  text: string;
  sizeBytes: number;
}

interface Row {
  item: string;
  size: number;
}

export class ItemStore {
  readonly #database: Database;
  readonly #table: string;
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;
  readonly #ranges = new Map<string, StatementSync>();

  /** @param id number of the table in the catalog */
  constructor(database: Database, id: number) {
    this.#database = database;
    this.#table = `items_${id}`;
    database.exec(`
      CREATE TABLE IF NOT EXISTS ${this.#table} (
        hash BLOB NOT NULL, range BLOB NOT NULL,
        item TEXT NOT NULL, size INTEGER NOT NULL, expires_at_s REAL,
        PRIMARY KEY (hash, range)
      ) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS ${this.#table}_expiry ON ${this.#table} (expires_at_s) WHERE expires_at_s IS NOT NULL;
    `);
    this.#get = database.prepare(`SELECT item, size FROM ${this.#table} WHERE hash = ? AND range = ?`);
    this.#put = database.prepare(
      `INSERT INTO ${this.#table} (hash, range, item, size, expires_at_s) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (hash, range) DO UPDATE SET item = excluded.item, size = excluded.size, expires_at_s = excluded.expires_at_s`,
    );
    this.#delete = database.prepare(`DELETE FROM ${this.#table} WHERE hash = ? AND range = ?`);
  }

  /** The SQL name, for indexes that join their rows with the items. */
  get sqlName(): string {
    return this.#table;
  }

  get(key: RowKey): StoredItem | undefined {
    const row = this.#get.get(key.hash, key.range) as Row | undefined;
    return row === undefined ? undefined : storedItem(row);
  }

  put(key: RowKey, text: string, sizeBytes: number, expiresAtS: number | undefined): void {
    this.#put.run(key.hash, key.range, text, sizeBytes, expiresAtS ?? null);
  }

  delete(key: RowKey): void {
    this.#delete.run(key.hash, key.range);
  }

  /** Items in key order, read as the caller asks for them; nothing may be written meanwhile. */
  *range(range: RowRange): Generator<StoredItem> {
    const { sql, parameters } = rangeClause(range, ['hash', 'range']);
    let statement = this.#ranges.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(`SELECT item, size FROM ${this.#table} ${sql}`);
      this.#ranges.set(sql, statement);
    }
    for (const row of statement.iterate(...parameters)) yield storedItem(row as unknown as Row);
  }

  /** All items in bounded groups, between which the caller may write. */
  *batches(keyOf: (item: Item) => RowKey, size = 1000): Generator<StoredItem[]> {
    let after: Uint8Array[] | undefined;
    for (;;) {
      const batch = [...this.range({ reverse: false, ...(after && { after }) }).take(size)];
      if (batch.length > 0) yield batch;
      if (batch.length < size) return;
      const last = keyOf(batch.at(-1)!.item);
      after = [last.hash, last.range];
    }
  }

  /** Some items whose time to live lies within the given seconds since the epoch. */
  expired(fromS: number, toS: number, limit: number): StoredItem[] {
    const rows = this.#database
      .prepare(
        `SELECT item, size FROM ${this.#table} WHERE expires_at_s >= ? AND expires_at_s <= ? ORDER BY expires_at_s LIMIT ?`,
      )
      .all(fromS, toS, limit);
    return rows.map((row) => storedItem(row as unknown as Row));
  }

  /** The first expiry after a time, both in seconds since the epoch. */
  nextExpiry(afterS: number): number | undefined {
    const row = this.#database
      .prepare(`SELECT min(expires_at_s) AS next FROM ${this.#table} WHERE expires_at_s > ?`)
      .get(afterS);
    return (row!['next'] as number | null) ?? undefined;
  }

  totals(): { count: number; sizeBytes: number } {
    const row = this.#database.prepare(`SELECT count(*) AS count, total(size) AS size FROM ${this.#table}`).get();
    return { count: row!['count'] as number, sizeBytes: row!['size'] as number };
  }

  drop(): void {
    this.#database.exec(`DROP TABLE ${this.#table}`);
  }
}

function storedItem({ item, size }: Row): StoredItem {
  return { item: JSON.parse(item) as Item, text: item, sizeBytes: size };
}
