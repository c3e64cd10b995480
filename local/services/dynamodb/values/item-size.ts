/**
 * Sizes as DynamoDB counts them for the 400 KB limit, for pages and for capacity units.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
import { type AttributeValue, type Item, typeOf } from './attribute-value.ts';
import { decimalFrom } from './normalize-number.ts';

export const maxItemSizeBytes = 400 * 1024;

/** The sum of the sizes of all attribute names and values. */
export function itemSizeBytes(item: Item): number {
  let size = 0;
  for (const name of Object.keys(item)) size += textBytes(name) + valueSizeBytes(item[name]!);
  return size;
}

function valueSizeBytes(value: AttributeValue): number {
  const type = typeOf(value);
  switch (type) {
    case 'S':
      return textBytes(value.S!);
    case 'N':
      return numberBytes(value.N!);
    case 'B':
      return Buffer.byteLength(value.B!, 'base64');
    case 'BOOL':
    case 'NULL':
      return 1;
    case 'SS':
      return value.SS!.reduce((sum, member) => sum + textBytes(member), 0);
    case 'NS':
      return value.NS!.reduce((sum, member) => sum + numberBytes(member), 0);
    case 'BS':
      return value.BS!.reduce((sum, member) => sum + Buffer.byteLength(member, 'base64'), 0);
    // "An attribute of type List or Map requires 3 bytes of overhead, regardless of its contents. Each List or Map
    // element also requires 1 byte of overhead."
    case 'L':
      return value.L!.reduce((sum, element) => sum + 1 + valueSizeBytes(element), 3);
    case 'M':
      return 3 + Object.keys(value.M!).length + itemSizeBytes(value.M!);
  }
}

/**
 * About a byte for two significant digits and one more; digits pair up around the decimal point, and the sign
 * of a negative number takes another byte.
 */
function numberBytes(number: string): number {
  const { digits, exponent, negative } = decimalFrom(number);
  if (digits === '') return 1;
  const startsInMiddleOfPair = exponent % 2 === 0 ? 1 : 0;
  return 1 + Math.ceil((digits.length + startsInMiddleOfPair) / 2) + (negative ? 1 : 0);
}

function textBytes(text: string): number {
  return Buffer.byteLength(text);
}
