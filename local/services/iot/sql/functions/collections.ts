/** Functions on arrays, objects and the absence of values. */
import { isObject, memberOf, type SqlValue, toInt } from '../values.ts';
import { type FunctionDefinition, pure } from './definition.ts';

export const COLLECTION_FUNCTIONS: Record<string, FunctionDefinition> = {
  get: pure(2, 2, get),
  get_or_default: pure(2, 2, (value, other) => (value === undefined ? other : value)),
  isnull: pure(1, 1, (value) => value === null),
  isundefined: pure(1, 1, (value) => value === undefined),
  transform: pure(3, 3, transform),
};

function get(collection: SqlValue, key: SqlValue): SqlValue {
  if (typeof collection === 'string' || Array.isArray(collection)) {
    const index = toInt(key);
    return index === undefined || index < 0 ? undefined : collection[index];
  }
  return typeof key === 'string' ? memberOf(collection, key) : undefined;
}

/** `enrichArray`: every object of the array gets the attributes of the object. */
function transform(mode: SqlValue, attributes: SqlValue, elements: SqlValue): SqlValue {
  if (mode !== 'enrichArray' || !isObject(attributes) || !Array.isArray(elements)) return undefined;
  return elements.map((element) => (isObject(element) ? { ...element, ...attributes } : element));
}
