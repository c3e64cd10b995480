/** When an item expires. */
import { attributeOf, type Item } from '../values/attribute-value.ts';

/**
 * "Items must contain a TTL attribute of the Number data type, in epoch seconds"; any other item never expires.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
 */
export function expirySecondsOf(item: Item, attribute: string | undefined): number | undefined {
  const value = attribute === undefined ? undefined : attributeOf(item, attribute)?.N;
  return value === undefined ? undefined : Number(value);
}
