/** From an entity and an item to the attributes DynamoDB keys on. */
import type { Entity, IndexName } from './entity.ts';
import { joinParts, partitionKey, type Scope } from './keys.ts';
import { foldedAttribute, foldedTexts } from './text-search.ts';

export interface StorageKeys {
  key: { pk: string; sk: string };
  /** `gsi1pk`, `gsi1sk` …, and what a search finds the item by; `null` where the item leaves an index. */
  indexKeys: Record<string, string | null>;
  expiresAt: number | undefined;
}

/** Where rows of the entity are, seen from a session. @throws Error for rows of a workspace in a session without one */
export function scopeOf(
  { scope, workspaceId }: { scope: Scope; workspaceId?: string | undefined },
  { table, perWorkspace }: Pick<Entity, 'table' | 'perWorkspace'>,
): Scope {
  if (!perWorkspace) return scope;
  if (workspaceId === undefined || typeof scope !== 'string')
    throw new Error(`Rows of ${table} belong to a workspace: use session.inWorkspace(…).`);
  return { tenantId: scope, workspaceId };
}

export function storageKeys(scope: Scope, entity: Entity, item: object): StorageKeys {
  const { pk, sk } = entity.key(item);
  const indexKeys: Record<string, string | null> = {};
  for (const [index, keyOf] of Object.entries(entity.indexes ?? {}) as [
    IndexName,
    (item: object) => ReturnType<Entity['key']> | undefined,
  ][]) {
    const parts = keyOf(item);
    indexKeys[`${index}pk`] = parts ? partitionKey(scope, parts.pk) : null;
    indexKeys[`${index}sk`] = parts ? joinParts(parts.sk) : null;
  }
  if (entity.searchText !== undefined) indexKeys[foldedAttribute] = foldedTexts(entity.searchText(item));
  return { key: { pk: partitionKey(scope, pk), sk: joinParts(sk) }, indexKeys, expiresAt: entity.expiresAt?.(item) };
}

const internal = new Set(['pk', 'sk', '_type', 'gsi1pk', 'gsi1sk', 'gsi2pk', 'gsi2sk', 'expiresAt', foldedAttribute]);

/** The item as the domain knows it, without the attributes that belong to storage. */
export function fromStorage<T>(item: Record<string, unknown>): T {
  const result: Record<string, unknown> = {};
  for (const name in item) if (!internal.has(name)) result[name] = item[name];
  return result as T;
}
