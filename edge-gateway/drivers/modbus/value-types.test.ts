import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteOrders } from './settings.ts';
import { decoderOf, encodeValue, lengthOfType, type RegisterFormat, valueTypes, whyNoValue } from './value-types.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const decode = (format: Partial<RegisterFormat> & Pick<RegisterFormat, 'type'>, bytes: string) => {
  const length = format.length ?? lengthOfType(format.type) ?? 1;
  return decoderOf({ order: 'ABCD', ...format, length })(hex(bytes), 0);
};

describe('values by hand', () => {
  it.each<[string, Partial<RegisterFormat> & Pick<RegisterFormat, 'type'>, string, unknown]>([
    ['int16', { type: 'int16' }, 'ff38', -200],
    ['uint16', { type: 'uint16' }, 'ff38', 65_336],
    ['uint16, bytes swapped', { type: 'uint16', order: 'BADC' }, '38ff', 65_336],
    ['uint16 has no words to swap', { type: 'uint16', order: 'CDAB' }, 'ff38', 65_336],
    ['int32', { type: 'int32' }, 'fffe1dc0', -123_456],
    ['uint32 ABCD', { type: 'uint32' }, '12345678', 0x12345678],
    ['uint32 CDAB', { type: 'uint32', order: 'CDAB' }, '56781234', 0x12345678],
    ['uint32 BADC', { type: 'uint32', order: 'BADC' }, '34127856', 0x12345678],
    ['uint32 DCBA', { type: 'uint32', order: 'DCBA' }, '78563412', 0x12345678],
    ['int64', { type: 'int64' }, 'fffffffffffffffe', -2n],
    ['uint64 past 2^53', { type: 'uint64' }, '0020000000000001', 9_007_199_254_740_993n],
    ['uint64 CDAB', { type: 'uint64', order: 'CDAB' }, '4444 3333 2222 1111', 0x1111222233334444n],
    ['float32', { type: 'float32' }, '43663333', Math.fround(230.2)],
    ['float32 CDAB', { type: 'float32', order: 'CDAB' }, '33334366', Math.fround(230.2)],
    ['float32 not a number', { type: 'float32' }, '7fc00000', undefined],
    ['float32 infinite', { type: 'float32' }, '7f800000', undefined],
    ['float64', { type: 'float64' }, '406cc66666666666', 230.2],
    ['float64 DCBA', { type: 'float64', order: 'DCBA' }, '66666666 66c66c40', 230.2],
    ['bcd16', { type: 'bcd16' }, '1234', 1234],
    ['bcd16 that is none', { type: 'bcd16' }, '12a4', undefined],
    ['bcd32', { type: 'bcd32' }, '00987654', 987_654],
    ['a text', { type: 'string', length: 4 }, '41424300 00000000', 'ABC'],
    ['a text padded with blanks', { type: 'string', length: 3 }, '414220202020', 'AB'],
    ['a text, bytes swapped', { type: 'string', length: 2, order: 'BADC' }, '42410043', 'ABC'],
    ['bit 3', { type: 'boolean', bits: { from: 3, count: 1 } }, '0008', true],
    ['bit 4', { type: 'boolean', bits: { from: 4, count: 1 } }, '0008', false],
    ['bits 4 to 6', { type: 'bitfield', bits: { from: 4, count: 3 } }, '0fdf', 0b101],
    ['bits over two registers', { type: 'bitfield', length: 2, bits: { from: 12, count: 8 } }, '000a b000', 0xab],
    ['all bits of two registers', { type: 'bitfield', length: 2 }, 'ffffffff', 0xffffffff],
    ['a sentinel', { type: 'int16', sentinels: [-32_768] }, '8000', undefined],
    ['beside a sentinel', { type: 'int16', sentinels: [-32_768] }, '8001', -32_767],
    ['a sentinel of 64 bits', { type: 'uint64', sentinels: [0xffffffffffffffffn] }, 'ffffffffffffffff', undefined],
  ])('%s', (_, format, bytes, value) => {
    expect(decode(format, bytes)).toEqual(value);
  });

  it('says why there is none', () => {
    const reason = (type: RegisterFormat['type'], bytes: string) =>
      whyNoValue({ type, order: 'ABCD', length: 2 }, hex(bytes), 0, 2);
    expect(reason('float32', '7fc00000')).toBe('not a number (7fc00000)');
    expect(reason('bcd32', '0000000a')).toBe('0000000a is not BCD');
    expect(reason('int32', '80000000')).toBe('the device has no value (80000000)');
  });
});

describe('any value', () => {
  const values: Record<string, fc.Arbitrary<number | bigint>> = {
    int16: fc.integer({ min: -0x8000, max: 0x7fff }),
    uint16: fc.integer({ min: 0, max: 0xffff }),
    int32: fc.integer(),
    uint32: fc.integer({ min: 0, max: 0xffffffff }),
    int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    uint64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    float32: fc.float({ noNaN: true, noDefaultInfinity: true }),
    float64: fc.double({ noNaN: true, noDefaultInfinity: true }),
    bcd16: fc.integer({ min: 0, max: 9_999 }),
    bcd32: fc.integer({ min: 0, max: 99_999_999 }),
  };

  it.each(valueTypes.filter((type) => type in values))('of %s comes back in every order', (type) => {
    fc.assert(
      fc.property(values[type]!, fc.constantFrom(...byteOrders), (value, order) => {
        const format = { type, order, length: lengthOfType(type)! };
        expect(decoderOf(format)(Buffer.concat([hex('ffff'), encodeValue(format, value)]), 2)).toBe(value);
      }),
      { numRuns: 50 },
    );
  });

  it.each<[RegisterFormat['type'], number | string | bigint]>([
    ['int16', 32_768],
    ['uint16', -1],
    ['uint16', 1.5],
    ['uint16', 'five'],
    ['uint32', 2 ** 32],
    ['int64', 2n ** 63n],
    ['float32', 1e39],
    ['float32', '1'],
    ['float64', Number.NaN],
    ['bcd16', 10_000],
  ])('that does not fit %s (%s) is refused', (type, value) => {
    expect(() => encodeValue({ type, order: 'ABCD', length: lengthOfType(type)! }, value)).toThrow(RangeError);
  });
});
