/**
 * The rows of one secondary index: only keys. Projected attributes are cut out of the item when it is read, so a
 * write that leaves the index key alone does not touch the index.
 */
import type { StatementSync } from 'node:sqlite';
import type { Item } from '../values/attribute-value.ts';
import type { Database } from './database.ts';
import type { ItemStore, RowKey, StoredItem } from './item-store.ts';
import { type RowRange, rangeClause } from './row-range.ts';

export class IndexStore {
  readonly #database: Database;
  readonly #table: string;
  readonly #items: ItemStore;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;
  readonly #ranges = new Map<string, StatementSync>();

  /** @param id number of the index in the catalog */
  constructor(database: Database, id: number, items: ItemStore) {
    this.#database = database;
    this.#items = items;
    this.#table = `index_${id}`;
    database.exec(`
      CREATE TABLE IF NOT EXISTS ${this.#table} (
        index_hash BLOB NOT NULL, index_range BLOB NOT NULL, hash BLOB NOT NULL, range BLOB NOT NULL,
        PRIMARY KEY (index_hash, index_range, hash, range)
      ) WITHOUT ROWID;
    `);
    this.#put = database.prepare(`INSERT OR IGNORE INTO ${this.#table} VALUES (?, ?, ?, ?)`);
    this.#delete = database.prepare(
      `DELETE FROM ${this.#table} WHERE index_hash = ? AND index_range = ? AND hash = ? AND range = ?`,
    );
  }

  put(indexKey: RowKey, key: RowKey): void {
    this.#put.run(indexKey.hash, indexKey.range, key.hash, key.range);
  }

  delete(indexKey: RowKey, key: RowKey): void {
    this.#delete.run(indexKey.hash, indexKey.range, key.hash, key.range);
  }

  /** Whole items in the order of the index. */
  *range(range: RowRange): Generator<StoredItem> {
    const { sql, parameters } = rangeClause(range, ['x.index_hash', 'x.index_range', 'x.hash', 'x.range']);
    let statement = this.#ranges.get(sql);
    if (statement === undefined) {
      const items = this.#items.sqlName;
      // CROSS JOIN keeps SQLite from reordering the loops: the index must lead.
      statement = this.#database.prepare(
        `SELECT t.item, t.size FROM ${this.#table} AS x CROSS JOIN ${items} AS t ON t.hash = x.hash AND t.range = x.range ${sql}`,
      );
      this.#ranges.set(sql, statement);
    }
    for (const row of statement.iterate(...parameters)) {
      const { item, size } = row as { item: string; size: number };
      yield { item: JSON.parse(item) as Item, text: item, sizeBytes: size };
    }
  }

  count(): number {
    return this.#database.prepare(`SELECT count(*) AS count FROM ${this.#table}`).get()!['count'] as number;
  }

  drop(): void {
    this.#database.exec(`DROP TABLE ${this.#table}`);
  }
}
