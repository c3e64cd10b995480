import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDecimal } from './decimal.ts';
import { afterPrefix, encodePartitionKey, encodeSortKey } from './key-encoding.ts';
import { normalizeNumber } from './normalize-number.ts';

/** Numbers as DynamoDB takes them: up to 38 digits, exponents over the whole range. */
const number = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 38n - 1n }), fc.integer({ min: -130, max: 80 }))
  .map(([negative, digits, exponent]) => `${negative ? '-' : ''}${digits}E${exponent}`)
  .filter((text) => {
    const { exponent } = parseDecimal(text)!;
    return exponent <= 125 && exponent >= -130;
  })
  .map(normalizeNumber);

/** Compares as scaled integers, another way than the product does. */
function compareExactly(a: string, b: string): number {
  const [x, y] = [a, b].map((text) => {
    const [whole, fraction = ''] = text.split('.');
    return BigInt(`${whole}${fraction.padEnd(200, '0')}`);
  });
  return x! < y! ? -1 : x! > y! ? 1 : 0;
}

const orderOf = (a: object, b: object) => Math.sign(Buffer.compare(encodeSortKey(a), encodeSortKey(b)));

describe('sort keys as bytes', () => {
  test('numbers sort by value', () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        expect(orderOf({ N: a }, { N: b })).toBe(compareExactly(a, b));
      }),
      { numRuns: 2000 },
    );
  });

  test('neighbouring numbers sort by value', () => {
    const ascending = [
      '-1E100',
      '-101',
      '-100.5',
      '-100',
      '-99',
      '-1.01',
      '-1',
      '-1E-130',
      '0',
      '1E-130',
      '0.09',
      '0.1',
    ];
    ascending.push('0.11', '1', '1.01', '9', '10', '99', '100', '100.5', '1E100');
    const encoded = ascending.map((text) => encodeSortKey({ N: normalizeNumber(text) }));
    expect(encoded.toSorted(Buffer.compare)).toEqual(encoded);
  });

  test('strings sort by their UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        expect(orderOf({ S: a }, { S: b })).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
      }),
    );
    // In UTF-16 the emoji's surrogates would come before the private-use character.
    expect(orderOf({ S: '\uffee' }, { S: '😀' })).toBe(-1);
  });

  test('binary sorts by unsigned bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
        const value = (bytes: Uint8Array) => ({ B: Buffer.from(bytes).toString('base64') });
        expect(orderOf(value(a), value(b))).toBe(Math.sign(Buffer.compare(a, b)));
      }),
    );
  });
});

test('equal partition keys, and only they, have equal bytes', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(encodePartitionKey({ S: a }).equals(encodePartitionKey({ S: b }))).toBe(a === b);
    }),
  );
});

describe('the end of a prefix', () => {
  test('comes after every key with the prefix and before every other larger key', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 4 }), fc.uint8Array({ maxLength: 6 }), (prefix, key) => {
        const end = afterPrefix(prefix);
        const startsWith = Buffer.from(key).subarray(0, prefix.length).equals(prefix);
        const isInRange = Buffer.compare(key, prefix) >= 0 && (end === undefined || Buffer.compare(key, end) < 0);
        expect(isInRange).toBe(startsWith);
      }),
    );
  });

  test('is open when no key can come after it', () => {
    expect(afterPrefix(Buffer.of(0xff, 0xff))).toBeUndefined();
  });
});
