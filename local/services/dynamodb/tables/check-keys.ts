/**
 * Checks that keys and items fit a table's key schema and those of its indexes.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
import { validationError } from '../errors.ts';
import { type AttributeValue, attributeOf, type Item, typeOf } from '../values/attribute-value.ts';
import { itemSizeBytes, maxItemSizeBytes } from '../values/item-size.ts';
import { keyNames } from './table.ts';
import type { IndexDefinition, KeyAttribute, TableDefinition } from './table-definition.ts';

const invalid = 'One or more parameter values were invalid: ';
const notValid = 'One or more parameter values are not valid. ';

/** A key of the API: exactly the key attributes. */
export function checkKey(key: Item, table: { hash: KeyAttribute; range: KeyAttribute | undefined }): void {
  const mismatch = () => validationError('The provided key element does not match the schema');
  if (Object.keys(key).length !== keyNames(table).length) throw mismatch();
  for (const attribute of [table.hash, table.range]) {
    if (attribute === undefined) continue;
    const value = attributeOf(key, attribute.name);
    if (value?.[attribute.type] === undefined) throw mismatch();
    checkKeyValue(value, attribute, attribute === table.hash);
  }
}

/** An item about to be stored, without its size. */
export function checkItemKeys(item: Item, table: TableDefinition): void {
  for (const attribute of [table.hash, table.range]) {
    if (attribute === undefined) continue;
    const value = attributeOf(item, attribute.name);
    if (value === undefined) throw validationError(`${invalid}Missing the key ${attribute.name} in the item`);
    if (value[attribute.type] === undefined)
      throw validationError(
        `${invalid}Type mismatch for key ${attribute.name} expected: ${attribute.type} actual: ${typeOf(value)}`,
      );
    checkKeyValue(value, attribute, attribute === table.hash);
  }
  for (const index of table.indexes) checkIndexKeys(item, index);
}

/** Throws when the item is larger than 400 KB. @returns its size */
export function checkItemSize(item: Item, message: string): number {
  const sizeBytes = itemSizeBytes(item);
  if (sizeBytes > maxItemSizeBytes) throw validationError(message);
  return sizeBytes;
}

/** Sparse index keys may be missing; when present, they have the declared type and are not empty. */
export function checkIndexKeys(item: Item, index: IndexDefinition): void {
  for (const attribute of [index.hash, index.range]) {
    const value = attribute && attributeOf(item, attribute.name);
    if (attribute === undefined || value === undefined) continue;
    if (value[attribute.type] === undefined)
      throw validationError(
        `${invalid}Type mismatch for Index Key ${attribute.name} Expected: ${attribute.type} Actual: ${typeOf(value)} IndexName: ${index.name}`,
      );
    if (isEmpty(value))
      throw validationError(
        `${notValid}A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty ${kindOf(attribute)} value. IndexName: ${index.name}, IndexKey: ${attribute.name}`,
      );
    checkKeySize(value, attribute === index.hash);
  }
}

function checkKeyValue(value: AttributeValue, attribute: KeyAttribute, isHash: boolean): void {
  if (isEmpty(value))
    throw validationError(
      `${notValid}The AttributeValue for a key attribute cannot contain an empty ${kindOf(attribute)} value. Key: ${attribute.name}`,
    );
  checkKeySize(value, isHash);
}

/** A partition key value has 1 to 2048 bytes, a sort key value 1 to 1024 (Constraints in Amazon DynamoDB, keys). */
function checkKeySize(value: AttributeValue, isHash: boolean): void {
  const bytes = value.S !== undefined ? Buffer.byteLength(value.S) : Buffer.byteLength(value.B ?? '', 'base64');
  if (isHash && bytes > 2048)
    throw validationError(`${invalid}Size of hashkey has exceeded the maximum size limit of2048 bytes`);
  if (!isHash && bytes > 1024)
    throw validationError(`${invalid}Aggregated size of all range keys has exceeded the size limit of 1024 bytes`);
}

function isEmpty(value: AttributeValue): boolean {
  return value.S === '' || value.B === '';
}

function kindOf(attribute: KeyAttribute): string {
  return attribute.type === 'S' ? 'string' : 'binary';
}
