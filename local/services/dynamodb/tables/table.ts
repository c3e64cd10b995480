/** A running table: its definition, its rows and its indexes, and how items become keys. */

import type { IndexStore } from '../storage/index-store.ts';
import type { ItemStore, RowKey } from '../storage/item-store.ts';
import { type AttributeValue, attributeOf, emptyItem, type Item } from '../values/attribute-value.ts';
import { encodePartitionKey, encodeSortKey, noSortKey } from '../values/key-encoding.ts';
import type { IndexDefinition, KeyAttribute, TableDefinition } from './table-definition.ts';

/** What the catalog keeps of a table. */
export interface TableEntry {
  /** Number of the item rows in the database. */
  id: number;
  /** `TableId` of the API. */
  tableId: string;
  createdAtMs: number;
  definition: TableDefinition;
  /** Numbers of the index rows, by index name. */
  indexIds: Record<string, number>;
  stream?: { id: number; label: string };
  timeToLiveAttribute?: string;
}

export interface TableIndex {
  definition: IndexDefinition;
  store: IndexStore;
}

export interface Table {
  entry: TableEntry;
  arn: string;
  items: ItemStore;
  indexes: TableIndex[];
}

interface KeyPair {
  hash: KeyAttribute;
  range: KeyAttribute | undefined;
}

/** The encoded key of an item whose key attributes were checked. */
export function rowKeyOf(item: Item, { hash, range }: KeyPair): RowKey {
  return {
    hash: encodePartitionKey(item[hash.name]!),
    range: range === undefined ? noSortKey : encodeSortKey(item[range.name]!),
  };
}

/** The key of an item in a sparse index, or undefined when it lacks a key attribute and so is not in it. */
export function indexKeyOf(item: Item, index: IndexDefinition): RowKey | undefined {
  return isIndexed(item, index) ? rowKeyOf(item, index) : undefined;
}

export function isIndexed(item: Item, { hash, range }: IndexDefinition): boolean {
  return (
    attributeOf(item, hash.name)?.[hash.type] !== undefined &&
    (range === undefined || attributeOf(item, range.name)?.[range.type] !== undefined)
  );
}

/** Only the named attributes that the item has. */
export function pick(item: Item, names: Iterable<string>): Item {
  const picked = emptyItem();
  for (const name of names) {
    const value: AttributeValue | undefined = attributeOf(item, name);
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}

export function keyNames({ hash, range }: KeyPair): string[] {
  return range === undefined ? [hash.name] : [hash.name, range.name];
}

/** What an index holds of an item. */
export function projectedItem(item: Item, index: IndexDefinition, table: TableDefinition): Item {
  return index.projection === 'ALL' ? item : pick(item, projectedNames(index, table));
}

/** Names of the attributes that an index without projection ALL holds. */
export function projectedNames(index: IndexDefinition, table: TableDefinition): Set<string> {
  return new Set([...keyNames(table), ...keyNames(index), ...index.nonKeyAttributes]);
}
