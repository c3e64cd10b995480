/**
 * What a Query or Scan reads: a table or one of its indexes, which attributes of it, and what that costs.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html#DDB-Query-request-Select
 */
import type { Engine } from '../engine.ts';
import { validationError } from '../errors.ts';
import type { ParsedProjection } from '../expressions/syntax-tree.ts';
import type { StoredItem } from '../storage/item-store.ts';
import type { RowRange } from '../storage/row-range.ts';
import { keyNames, pick, projectedNames, type Table, type TableIndex } from '../tables/table.ts';
import type { Item } from '../values/attribute-value.ts';
import { itemSizeBytes } from '../values/item-size.ts';
import { type ApiRequest, optionalBoolean, optionalEnum, optionalString, tableNameOf } from './request-members.ts';

const selects = ['SPECIFIC_ATTRIBUTES', 'COUNT', 'ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES'] as const;
const invalid = 'One or more parameter values were invalid: ';

export interface SeenItem {
  item: Item;
  /** Size of what was read: the item, or its entry in the index. */
  sizeBytes: number;
  /** Size of the item that a local index fetched from the table for this entry. */
  fetchedBytes: number | undefined;
}

export interface ReadTarget {
  table: Table;
  index: TableIndex | undefined;
  consistent: boolean;
  countOnly: boolean;
  rows(range: RowRange): Iterable<StoredItem>;
  see(stored: StoredItem): SeenItem;
}

/** Throws for combinations that AWS refuses. */
export function readTarget(engine: Engine, request: ApiRequest, projection: ParsedProjection | undefined): ReadTarget {
  const select = optionalEnum(request, 'Select', selects);
  const consistent = optionalBoolean(request, 'ConsistentRead') ?? false;
  const indexName = optionalString(request, 'IndexName');
  checkSelect(select, indexName, projection);
  const table = engine.catalog.require(tableNameOf(request));
  const countOnly = select === 'COUNT';
  if (indexName === undefined)
    return {
      table,
      index: undefined,
      consistent,
      countOnly,
      rows: (range) => table.items.range(range),
      see: ({ item, sizeBytes }) => ({ item, sizeBytes, fetchedBytes: undefined }),
    };
  const index = table.indexes.find(({ definition }) => definition.name === indexName);
  if (index === undefined) throw validationError(`The table does not have the specified index: ${indexName}`);
  if (index.definition.kind === 'global' && consistent)
    throw validationError('Consistent reads are not supported on global secondary indexes');
  const fetches = needsWholeItem(table, index, select, projection);
  return {
    table,
    index,
    consistent,
    countOnly,
    rows: (range) => index.store.range(range),
    see: indexView(table, index, fetches),
  };
}

/** Names of the attributes that a position within the target has. */
export function positionNames({ table, index }: ReadTarget): string[] {
  return [
    ...new Set([...keyNames(table.entry.definition), ...(index === undefined ? [] : keyNames(index.definition))]),
  ];
}

function checkSelect(
  select: (typeof selects)[number] | undefined,
  indexName: string | undefined,
  projection: ParsedProjection | undefined,
): void {
  if (projection !== undefined && select !== undefined && select !== 'SPECIFIC_ATTRIBUTES')
    throw validationError(
      select === 'COUNT'
        ? 'Cannot specify the ProjectionExpression when choosing to get only the Count'
        : `Cannot specify the ProjectionExpression when choosing to get ${select}`,
    );
  if (projection === undefined && select === 'SPECIFIC_ATTRIBUTES')
    throw validationError(
      'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES',
    );
  if (select === 'ALL_PROJECTED_ATTRIBUTES' && indexName === undefined)
    throw validationError('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName');
}

/**
 * Whether a local index must fetch attributes from the table; a global index cannot.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html#LSI.Projections
 */
function needsWholeItem(
  table: Table,
  { definition: index }: TableIndex,
  select: (typeof selects)[number] | undefined,
  projection: ParsedProjection | undefined,
): boolean {
  if (index.projection === 'ALL') return false;
  if (select === 'ALL_ATTRIBUTES') {
    if (index.kind === 'global')
      throw validationError(
        `${invalid}Select type ALL_ATTRIBUTES is not supported for global secondary index ${index.name} because its projection type is not ALL`,
      );
    return true;
  }
  const held = projectedNames(index, table.entry.definition);
  const missing = (projection?.paths ?? []).map(([name]) => name).filter((name) => !held.has(name));
  if (missing.length > 0 && index.kind === 'global')
    throw validationError(`${invalid}Global secondary index ${index.name} does not project [${missing.join(', ')}]`);
  return missing.length > 0;
}

function indexView(table: Table, { definition: index }: TableIndex, fetches: boolean): ReadTarget['see'] {
  if (index.projection === 'ALL') return ({ item, sizeBytes }) => ({ item, sizeBytes, fetchedBytes: undefined });
  const held = projectedNames(index, table.entry.definition);
  return (stored) => {
    const entry = pick(stored.item, held);
    return {
      item: fetches ? stored.item : entry,
      sizeBytes: itemSizeBytes(entry),
      fetchedBytes: fetches ? stored.sizeBytes : undefined,
    };
  };
}
