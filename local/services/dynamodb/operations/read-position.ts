/** `ExclusiveStartKey` and `LastEvaluatedKey`: a place between two items of a table or index. */
import { validationError } from '../errors.ts';
import { checkKey } from '../tables/check-keys.ts';
import { keyNames, pick, rowKeyOf } from '../tables/table.ts';
import { attributeOf, type Item } from '../values/attribute-value.ts';
import { normalizeItem } from '../values/normalize-value.ts';
import { positionNames, type ReadTarget } from './read-target.ts';
import type { ApiRequest } from './request-members.ts';

export interface StartPosition {
  key: Item;
  /** Encoded keys in the order of the columns: of the index, if any, then of the table. */
  columns: Uint8Array[];
}

/** Throws when the key does not belong to this table or index. */
export function startPosition(request: ApiRequest, target: ReadTarget): StartPosition | undefined {
  const given = request['ExclusiveStartKey'];
  if (given === undefined || given === null) return undefined;
  const key = normalizeItem(given);
  const names = positionNames(target);
  const invalid = 'The provided starting key is invalid';
  if (Object.keys(key).length !== names.length || names.some((name) => attributeOf(key, name) === undefined))
    throw validationError(`${invalid}: The provided key element does not match the schema`);
  const { definition } = target.table.entry;
  const schemas = target.index === undefined ? [definition] : [target.index.definition, definition];
  const columns = schemas.flatMap((schema) => {
    try {
      checkKey(pick(key, keyNames(schema)), schema);
    } catch (error) {
      throw validationError(`${invalid}: ${(error as Error).message}`);
    }
    const { hash, range } = rowKeyOf(key, schema);
    return [hash, range];
  });
  return { key, columns };
}

export function positionOf(item: Item, target: ReadTarget): Item {
  return pick(item, positionNames(target));
}
