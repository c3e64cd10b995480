/**
 * Declares how an entity is stored: its table, its key and its indexes, as functions of the item. The zod schema
 * of the domain stays the only description of its attributes.
 */
import type { RowEvents } from '../events/row-events.ts';
import type { KeyParts } from './keys.ts';

export interface KeySchema {
  /** Parts of the partition key, without the tenant. */
  pk: KeyParts;
  /** Parts of the sort key. */
  sk: KeyParts;
}

/** Attributes the data layer keeps on every item. */
export interface Stored {
  /** Starts at 1 and grows with every update: the optimistic lock. */
  version: number;
  createdAt: string;
  updatedAt: string;
}

export type IndexName = 'gsi1' | 'gsi2';

export interface Entity<T extends object = any, K extends object = any> {
  /** Names the entity in errors, audit records and events, e.g. `meter`. */
  name: string;
  /** Logical table name of the domain manifest. */
  table: string;
  /** Rows belong to a workspace: only a session bound to one can build their keys. @default false, rows of the tenant */
  perWorkspace?: boolean;
  /** Key of the item, from its identifying attributes. */
  key: (item: K) => KeySchema;
  /** Index keys of an item; an index that gives `undefined` does not hold the item. */
  indexes?: Partial<Record<IndexName, (item: T) => KeySchema | undefined>>;
  /** The attribute that names an item to people, e.g. `id`. */
  idOf: (key: K) => string;
  /** Seconds since the epoch after which the item may vanish. */
  expiresAt?: (item: T) => number | undefined;
  /** Attributes whose values never appear in audit records, e.g. a hash. */
  secretAttributes?: readonly string[];
  /** Published with every insert, update and delete of a row, in its transaction. @default none */
  rowEvents?: RowEvents;
  /** What a list finds an item by, however it is written: kept beside the row, see `text-search.ts`. @default nothing */
  searchText?: (item: T) => readonly (string | undefined)[];
  /** @default none */
  marker?: Marker<T>;
}

/**
 * A row that stands beside an item while the item is worth looking for, as that of an open invoice does. It is what a sparse index
 * would be, but can be read consistently, which an index cannot: it comes and goes in the item's own transactions.
 */
export interface Marker<T extends object> {
  entity: Entity;
  /** The marker of an item as it is now; it is written anew only where its key changes. */
  of: (item: T) => object | undefined;
}

/** `defineEntity<Meter, { id: string }>()({ … })`: types given, the rest inferred. */
export function defineEntity<T extends object, K extends object = { id: string }>() {
  return (entity: Entity<T, K>): Entity<T, K> => entity;
}

export type ItemOf<E> = E extends Entity<infer T, any> ? T : never;
export type KeyOf<E> = E extends Entity<any, infer K> ? K : never;
