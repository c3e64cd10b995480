import { describe, expect, test } from 'vitest';
import { itemSizeBytes } from './item-size.ts';
import { normalizeItem, normalizeValue } from './normalize-value.ts';

describe('attribute values', () => {
  test('are kept as they are when already in normal form', () => {
    const item = { s: { S: '' }, n: { N: '12' }, l: { L: [{ M: { b: { BOOL: false } } }] }, ns: { NS: ['1', '2'] } };
    expect(normalizeItem(item)).toBe(item);
  });

  test('get normal numbers at any depth without changing the caller’s object', () => {
    const item = { m: { M: { l: { L: [{ N: '1.0' }, { NS: ['2.50'] }] } } } };
    expect(normalizeItem(item)).toEqual({ m: { M: { l: { L: [{ N: '1' }, { NS: ['2.5'] }] } } } });
    expect(item.m.M.l.L[0]).toEqual({ N: '1.0' });
  });

  test.each([
    [{}, 'Supplied AttributeValue is empty'],
    [{ X: '1' }, 'Supplied AttributeValue is empty'],
    [{ S: 'a', N: '1' }, 'has more than one datatypes set'],
    [{ NULL: false }, 'Null attribute value types must have the value of true'],
    [{ SS: [] }, 'An string set  may not be empty'],
    [{ NS: [] }, 'An number set  may not be empty'],
    [{ BS: [] }, 'Binary sets should not be empty'],
    [{ SS: ['a', 'a'] }, 'Input collection [a, a] contains duplicates'],
    [{ NS: ['1', '1.0'] }, 'Input collection contains duplicates'],
    [{ N: 'one' }, 'The parameter cannot be converted to a numeric value: one'],
  ])('%j is a ValidationException', (value, message) => {
    expect(() => normalizeValue(value)).toThrow(
      expect.objectContaining({ code: 'ValidationException', message: expect.stringContaining(message) }),
    );
  });

  test.each([{ S: 1 }, { N: 1 }, { B: '!' }, { BOOL: 'true' }, { L: {} }, { M: [] }, 'text', null])(
    '%j is a SerializationException',
    (value) => {
      expect(() => normalizeValue(value)).toThrow(expect.objectContaining({ code: 'SerializationException' }));
    },
  );

  test('have names of 1 to 65535 bytes', () => {
    expect(() => normalizeItem({ '': { S: 'x' } })).toThrow('Empty attribute name');
    expect(() => normalizeValue({ M: { ['é'.repeat(32_768)]: { S: 'x' } } })).toThrow('Attribute name is too large');
    expect(() => normalizeItem({ ['x'.repeat(65_535)]: { S: 'x' } })).not.toThrow();
  });

  test('nest 32 levels deep and no deeper', () => {
    const nested = (levels: number): object => (levels === 0 ? { S: 'x' } : { L: [nested(levels - 1)] });
    expect(() => normalizeValue(nested(32))).not.toThrow();
    expect(() => normalizeValue(nested(33))).toThrow('Nesting Levels have exceeded supported limits');
  });
});

// "DynamoDB item sizes and formats" in the developer guide.
describe('item size', () => {
  test.each([
    ['UTF-8 bytes of names and strings', { ab: { S: 'é' } }, 4],
    ['raw length of binary', { a: { B: Buffer.alloc(10).toString('base64') } }, 11],
    ['one byte for null and Boolean', { a: { NULL: true }, b: { BOOL: true } }, 4],
    ['about a byte for two digits and one more', { a: { N: '1234' } }, 4],
    ['sum of the members of a set', { a: { SS: ['ab', 'c'] } }, 4],
    [
      'three bytes for a map or list and one for each element',
      { a: { M: { b: { S: 'c' } } }, d: { L: [{ S: 'e' }] } },
      13,
    ],
  ])('%s', (_, item, bytes) => {
    expect(itemSizeBytes(item as never)).toBe(bytes);
  });
});
