/** Equality and order of normalized values, as conditions and keys see them. */
import { type AttributeValue, attributeOf, type Item, typeOf } from './attribute-value.ts';
import { compareNumbers } from './normalize-number.ts';

export function valuesEqual(a: AttributeValue, b: AttributeValue): boolean {
  const type = typeOf(a);
  if (typeOf(b) !== type) return false;
  switch (type) {
    case 'SS':
    case 'NS':
    case 'BS':
      return setsEqual(a[type]!, b[type]!);
    case 'L':
      return a.L!.length === b.L!.length && a.L!.every((element, index) => valuesEqual(element, b.L![index]!));
    case 'M':
      return itemsEqual(a.M!, b.M!);
    default:
      return a[type] === b[type];
  }
}

/** Same attributes with equal values, in any order. */
export function itemsEqual(a: Item, b: Item): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => {
    const other = attributeOf(b, name);
    return other !== undefined && valuesEqual(a[name]!, other);
  });
}

/** Negative, zero or positive; undefined when the two have no order: different types, or types without one. */
export function compareValues(a: AttributeValue, b: AttributeValue): number | undefined {
  if (a.N !== undefined) return b.N === undefined ? undefined : compareNumbers(a.N, b.N);
  if (a.S !== undefined) return b.S === undefined ? undefined : compareTexts(a.S, b.S);
  if (a.B !== undefined)
    return b.B === undefined ? undefined : Buffer.compare(Buffer.from(a.B, 'base64'), Buffer.from(b.B, 'base64'));
  return undefined;
}

/** Order of the UTF-8 bytes, which differs from JavaScript's order of UTF-16 units outside the basic plane. */
function compareTexts(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function setsEqual(a: string[], b: string[]): boolean {
  if (a.length !== b.length) return false;
  const members = new Set(a);
  return b.every((member) => members.has(member));
}
