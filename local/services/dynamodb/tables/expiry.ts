/** When an item expires. */
import { attributeOf, type Item } from '../values/attribute-value.ts';

/**
 * Only a number counts, as seconds since the epoch; an item without one never expires.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
 */
export function expirySecondsOf(item: Item, attribute: string | undefined): number | undefined {
  const value = attribute === undefined ? undefined : attributeOf(item, attribute)?.N;
  return value === undefined ? undefined : Number(value);
}
