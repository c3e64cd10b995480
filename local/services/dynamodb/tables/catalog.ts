/** All tables of the database: creates, changes, finds and removes them, and remembers them across restarts. */
import { randomUUID } from 'node:crypto';
import { type AwsError, ConfigurationError, type RuntimeContext } from '../../../runtime/types.ts';
import { resourceNotFound } from '../errors.ts';
import { nextNumber } from '../storage/counters.ts';
import type { Database } from '../storage/database.ts';
import { IndexStore } from '../storage/index-store.ts';
import { ItemStore } from '../storage/item-store.ts';
import type { StreamLog } from '../storage/stream-log.ts';
import type { Item } from '../values/attribute-value.ts';
import { expirySecondsOf } from './expiry.ts';
import { indexKeyOf, rowKeyOf, type Table, type TableEntry } from './table.ts';
import type { IndexDefinition, StreamViewType, TableDefinition } from './table-definition.ts';

export class Catalog {
  readonly #context: RuntimeContext;
  readonly #database: Database;
  readonly #log: StreamLog;
  readonly #tables = new Map<string, Table>();

  constructor(context: RuntimeContext, database: Database, log: StreamLog) {
    this.#context = context;
    this.#database = database;
    this.#log = log;
    for (const row of database.prepare('SELECT entry FROM catalog').all())
      this.#open(JSON.parse(row['entry'] as string) as TableEntry);
  }

  get(name: string): Table | undefined {
    return this.#tables.get(name);
  }

  names(): string[] {
    return [...this.#tables.keys()].sort();
  }

  all(): Table[] {
    return [...this.#tables.values()];
  }

  /** The table of a data operation, by name or ARN. */
  require(nameOrArn: string, notFound: (name: string) => AwsError = resourceNotFound): Table {
    const name = nameOrArn.startsWith('arn:') ? (nameOrArn.split(':table/')[1] ?? '') : nameOrArn;
    const table = this.#tables.get(name);
    if (table === undefined) throw notFound(name);
    return table;
  }

  create(definition: TableDefinition): Table {
    return this.#database.transaction(() => {
      const entry: TableEntry = {
        id: nextNumber(this.#database, 'table'),
        tableId: randomUUID(),
        createdAtMs: this.#context.clock.now(),
        definition,
        indexIds: this.#newIndexIds(definition.indexes),
        ...this.#newStream(definition.streamViewType),
      };
      this.#save(entry);
      return this.#open(entry);
    });
  }

  /**
   * Brings a table to a new definition and keeps its items: indexes are built or dropped, a stream with another view
   * type starts anew. Throws for another key schema, which no existing item would fit.
   */
  change(table: Table, definition: TableDefinition): Table {
    const { entry } = table;
    const before = entry.definition;
    if (!sameKeys(before, definition))
      throw new ConfigurationError(
        `The key schema of table ${definition.name} changed from ${describeKeys(before)} to ${describeKeys(definition)}, and its stored items do not fit: start with --fresh to drop the local data.`,
      );
    return this.#database.transaction(() => {
      const stale = before.indexes.filter((index) => !definition.indexes.some((other) => sameIndex(index, other)));
      for (const index of table.indexes) if (stale.includes(index.definition)) index.store.drop();
      const kept = Object.fromEntries(
        Object.entries(entry.indexIds).filter(([name]) => !stale.some((index) => index.name === name)),
      );
      const added = definition.indexes.filter((index) => kept[index.name] === undefined);
      const sameStream = before.streamViewType === definition.streamViewType && entry.stream !== undefined;
      const { stream: _, ...rest } = entry;
      const changed: TableEntry = {
        ...rest,
        definition,
        indexIds: { ...kept, ...this.#newIndexIds(added) },
        ...(sameStream ? { stream: entry.stream } : this.#newStream(definition.streamViewType)),
      };
      if (!sameStream && entry.stream !== undefined) this.#log.drop(entry.stream.id);
      this.#save(changed);
      const opened = this.#open(changed);
      fillIndexes(opened, added);
      return opened;
    });
  }

  /** Turns time to live on for an attribute, or off. */
  setTimeToLive(table: Table, attribute: string | undefined): void {
    this.#database.transaction(() => {
      if (attribute === undefined) delete table.entry.timeToLiveAttribute;
      else table.entry.timeToLiveAttribute = attribute;
      this.#save(table.entry);
      const keyOf = (item: Item) => rowKeyOf(item, table.entry.definition);
      for (const batch of table.items.batches(keyOf))
        for (const { item, text, sizeBytes } of batch)
          table.items.put(keyOf(item), text, sizeBytes, expirySecondsOf(item, attribute));
    });
  }

  delete(table: Table): void {
    const { definition, stream } = table.entry;
    this.#database.transaction(() => {
      for (const { store } of table.indexes) store.drop();
      table.items.drop();
      if (stream !== undefined) this.#log.drop(stream.id);
      this.#database.prepare('DELETE FROM catalog WHERE name = ?').run(definition.name);
    });
    this.#tables.delete(definition.name);
  }

  #open(entry: TableEntry): Table {
    const { region, accountId } = this.#context;
    const items = new ItemStore(this.#database, entry.id);
    const table: Table = {
      entry,
      arn: `arn:aws:dynamodb:${region}:${accountId}:table/${entry.definition.name}`,
      items,
      indexes: entry.definition.indexes.map((definition) => ({
        definition,
        store: new IndexStore(this.#database, entry.indexIds[definition.name]!, items),
      })),
    };
    this.#tables.set(entry.definition.name, table);
    return table;
  }

  #save(entry: TableEntry): void {
    this.#database
      .prepare(
        'INSERT INTO catalog (name, entry) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET entry = excluded.entry',
      )
      .run(entry.definition.name, JSON.stringify(entry));
  }

  #newIndexIds(indexes: IndexDefinition[]): Record<string, number> {
    return Object.fromEntries(indexes.map(({ name }) => [name, nextNumber(this.#database, 'index')]));
  }

  #newStream(viewType: StreamViewType | undefined): Pick<TableEntry, 'stream'> {
    if (viewType === undefined) return {};
    const label = new Date(this.#context.clock.now()).toISOString().replace('Z', '');
    return { stream: { id: nextNumber(this.#database, 'stream'), label } };
  }
}

function fillIndexes(table: Table, added: IndexDefinition[]): void {
  const indexes = table.indexes.filter(({ definition }) => added.includes(definition));
  if (indexes.length === 0) return;
  const keyOf = (item: Item) => rowKeyOf(item, table.entry.definition);
  for (const batch of table.items.batches(keyOf))
    for (const { item } of batch)
      for (const { definition, store } of indexes) {
        const indexKey = indexKeyOf(item, definition);
        if (indexKey !== undefined) store.put(indexKey, keyOf(item));
      }
}

function sameKeys(a: TableDefinition | IndexDefinition, b: TableDefinition | IndexDefinition): boolean {
  return describeKeys(a) === describeKeys(b);
}

/** The projection is applied when reading, so it may change without rebuilding. */
function sameIndex(a: IndexDefinition, b: IndexDefinition): boolean {
  return a.name === b.name && a.kind === b.kind && sameKeys(a, b);
}

function describeKeys({ hash, range }: TableDefinition | IndexDefinition): string {
  return `(${hash.name}: ${hash.type}${range === undefined ? '' : `, ${range.name}: ${range.type}`})`;
}
