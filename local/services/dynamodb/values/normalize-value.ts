/**
 * The gate through which every attribute value enters: it refuses what DynamoDB refuses and brings numbers into
 * normal form. The caller's objects are never changed; unchanged values are returned as they are.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
 */
import { serializationError, validationError } from '../errors.ts';
import { type AttributeType, type AttributeValue, emptyItem, type Item } from './attribute-value.ts';
import { normalizeNumber } from './normalize-number.ts';

/** Attributes nest up to 32 levels deep (Constraints in Amazon DynamoDB, attributes). */
const maxDepth = 32;
/** Attribute names are at least a character long and below 64 KB (Constraints in Amazon DynamoDB, attributes). */
const maxNameBytes = 65_535;
const invalid = 'One or more parameter values were invalid: ';

/** Checks a map of attributes, e.g. an item or a key. */
export function normalizeItem(input: unknown, depth = 0): Item {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw serializationError('Start of structure or map expected');
  let copy: Item | undefined;
  const source = input as Record<string, unknown>;
  for (const name of Object.keys(source)) {
    if (name === '' || name.length > maxNameBytes / 3) checkName(name);
    const value = normalizeValue(source[name], depth);
    if (value !== source[name]) {
      copy ??= Object.assign(emptyItem(), source) as Item;
      copy[name] = value;
    }
  }
  return copy ?? (input as Item);
}

function checkName(name: string): void {
  if (name === '') throw validationError(`${invalid}Empty attribute name`);
  if (Buffer.byteLength(name) > maxNameBytes)
    throw validationError(`${invalid}Attribute name is too large, must be less than 65536 bytes`);
}

export function normalizeValue(input: unknown, depth = 0): AttributeValue {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw serializationError('Unexpected value type in payload');
  if (depth > maxDepth) throw validationError('Nesting Levels have exceeded supported limits');
  const value = input as Record<string, unknown>;
  const types = Object.keys(value).filter((type) => value[type] !== undefined && value[type] !== null);
  if (types.length === 0)
    throw validationError('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
  if (types.length > 1)
    throw validationError(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    );
  const type = types[0] as AttributeType;
  const content = value[type];
  const normalized = normalizeContent(type, content, depth);
  return normalized === content && Object.keys(value).length === 1 ? (input as AttributeValue) : { [type]: normalized };
}

function normalizeContent(type: AttributeType, content: unknown, depth: number): unknown {
  switch (type) {
    case 'S':
      return textOf(content);
    case 'N':
      return normalizeNumber(textOf(content));
    case 'B':
      return base64Of(content);
    case 'BOOL':
      if (typeof content !== 'boolean') throw serializationError('Unexpected token received from parser');
      return content;
    case 'NULL':
      if (typeof content !== 'boolean') throw serializationError('Unexpected token received from parser');
      if (!content) throw validationError(`${invalid}Null attribute value types must have the value of true`);
      return content;
    case 'SS':
      return setOf(content, textOf, 'An string set  may not be empty', (values) => `${invalid}${duplicatesIn(values)}`);
    case 'NS':
      return setOf(
        content,
        (member) => normalizeNumber(textOf(member)),
        'An number set  may not be empty',
        () => 'Input collection contains duplicates',
      );
    case 'BS':
      return setOf(
        content,
        base64Of,
        'Binary sets should not be empty',
        (values) => `${invalid}Input collection [${values.join(', ')}]of type BS contains duplicates.`,
      );
    case 'M':
      return normalizeItem(content, depth + 1);
    case 'L':
      return listOf(content, depth + 1);
    default:
      throw validationError('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
  }
}

function textOf(content: unknown): string {
  if (typeof content !== 'string') throw serializationError(`${typeof content} cannot be converted to String`);
  return content;
}

function base64Of(content: unknown): string {
  if (typeof content !== 'string') throw serializationError('only base-64-encoded strings are convertible to bytes');
  if (Buffer.from(content, 'base64').toString('base64') !== content)
    throw serializationError('Invalid base-64 content of a binary attribute');
  return content;
}

function setOf(
  content: unknown,
  member: (value: unknown) => string,
  emptyMessage: string,
  duplicatesMessage: (values: string[]) => string,
): string[] {
  if (!Array.isArray(content)) throw serializationError('Unexpected field type');
  if (content.length === 0) throw validationError(`${invalid}${emptyMessage}`);
  const values = content.map(member);
  if (new Set(values).size !== values.length) throw validationError(duplicatesMessage(values));
  return values.every((value, index) => value === content[index]) ? (content as string[]) : values;
}

function duplicatesIn(values: string[]): string {
  return `Input collection [${values.join(', ')}] contains duplicates.`;
}

function listOf(content: unknown, depth: number): AttributeValue[] {
  if (!Array.isArray(content)) throw serializationError('Unexpected field type');
  const values = content.map((element) => normalizeValue(element, depth));
  return values.every((value, index) => value === content[index]) ? (content as AttributeValue[]) : values;
}
