/**
 * Keys as bytes whose order is DynamoDB's order: numbers by value, strings by their UTF-8 bytes, binary by its
 * unsigned bytes. SQLite compares blobs with memcmp, so a range of keys is a range of rows.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */
import { hash } from 'node:crypto';
import type { AttributeValue } from './attribute-value.ts';
import { decimalFrom } from './normalize-number.ts';

/** Bytes in front of a partition key's own bytes that scatter partitions over the hash space. */
export const partitionPrefixBytes = 4;

export const noSortKey = Buffer.alloc(0);

/** Encodes a key attribute so that memcmp gives its order. */
export function encodeSortKey(value: AttributeValue): Buffer {
  if (value.S !== undefined) return Buffer.from(value.S);
  if (value.B !== undefined) return Buffer.from(value.B, 'base64');
  return encodeNumber(value.N!);
}

/**
 * A partition key behind a hash of itself: scans then come in hash order and split into equal segments, as they do
 * on AWS, and code that counts on another order fails here too.
 */
export function encodePartitionKey(value: AttributeValue): Buffer {
  const key = encodeSortKey(value);
  const encoded = Buffer.allocUnsafe(partitionPrefixBytes + key.length);
  encoded.write(hash('md5', key), 0, partitionPrefixBytes, 'hex');
  encoded.set(key, partitionPrefixBytes);
  return encoded;
}

/**
 * Number to bytes: a byte for the sign, one for the exponent, one per digit. For negative numbers exponent and
 * digits are complemented, and a last byte makes a longer negative number come before its own prefix.
 */
function encodeNumber(number: string): Buffer {
  const { negative, digits, exponent } = decimalFrom(number);
  if (digits === '') return Buffer.of(0x80);
  const bytes = Buffer.alloc(digits.length + (negative ? 3 : 2));
  const biasedExponent = exponent + 130;
  bytes[0] = negative ? 0x40 : 0xc0;
  bytes[1] = negative ? 0xff - biasedExponent : biasedExponent;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(index) - 0x30;
    bytes[index + 2] = negative ? 10 - digit : digit + 1;
  }
  if (negative) bytes[bytes.length - 1] = 0xff;
  return bytes;
}

/** The first bytes after every key that starts with `prefix`, or undefined when no key can come after it. */
export function afterPrefix(prefix: Uint8Array): Buffer | undefined {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === 0xff) length -= 1;
  if (length === 0) return undefined;
  const end = Buffer.from(prefix.subarray(0, length));
  end[length - 1]! += 1;
  return end;
}
