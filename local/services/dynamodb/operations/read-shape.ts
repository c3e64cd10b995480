/** What single, batch and transactional reads share: a key, and the part of the item that the caller wants. */
import { validationError } from '../errors.ts';
import { project } from '../expressions/document-path.ts';
import { ExpressionScope } from '../expressions/expression-scope.ts';
import type { ParsedProjection } from '../expressions/syntax-tree.ts';
import type { RowKey } from '../storage/item-store.ts';
import { checkKey } from '../tables/check-keys.ts';
import { keyNames, rowKeyOf, type Table } from '../tables/table.ts';
import type { Item } from '../values/attribute-value.ts';
import { normalizeItem } from '../values/normalize-value.ts';
import type { ApiRequest } from './request-members.ts';

export function parseProjection(request: ApiRequest): ParsedProjection | undefined {
  const scope = new ExpressionScope(request, ['ProjectionExpression']);
  const projection = scope.parse('ProjectionExpression');
  scope.finish();
  return projection;
}

/** Key attributes are no documents. */
export function checkProjection(projection: ParsedProjection | undefined, table: Table): void {
  const { definition } = table.entry;
  const nested = keyNames(definition).find((name) => projection?.nestedPaths[name]);
  if (nested !== undefined)
    throw validationError(
      `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: ${nested}`,
    );
}

export function projected(item: Item, projection: ParsedProjection | undefined): Item {
  return projection === undefined ? item : project(item, projection.paths);
}

/** The encoded key of a request. Throws when it does not fit the table. */
export function readRowKey(key: unknown, table: Table): RowKey {
  const normalized = normalizeItem(key);
  checkKey(normalized, table.entry.definition);
  return rowKeyOf(normalized, table.entry.definition);
}

/** Equal for equal keys. */
export function rowKeyText({ hash, range }: RowKey): string {
  return `${Buffer.from(hash).toString('latin1')}\0${Buffer.from(range).toString('latin1')}\0${range.length}`;
}
