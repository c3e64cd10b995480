/**
 * Reads BER (ISO 8825-1) without ever trusting it: every length is checked against what is there, nesting is bounded,
 * and nothing is copied or allocated by a length alone.
 */
import { ProtocolError } from '../errors.ts';

/** Deep enough for an MMS report of nested structures inside presentation and ACSE. */
const maxBerDepth = 48;

export interface BerElement {
  /** Identifier octets as one number: `0xa1` is context 1 constructed, `0xbf48` context 72 constructed. */
  tag: number;
  content: Buffer;
  depth: number;
}

const fail = (message: string): never => {
  throw new ProtocolError('ber', message);
};

export class BerReader {
  readonly #bytes: Buffer;
  readonly #depth: number;
  #at = 0;

  constructor(bytes: Buffer, depth = 0) {
    if (depth > maxBerDepth) fail(`nested deeper than ${maxBerDepth}`);
    this.#bytes = bytes;
    this.#depth = depth;
  }

  get hasMore(): boolean {
    return this.#at < this.#bytes.length;
  }

  /** The tag that comes next; undefined at the end. */
  peek(): number | undefined {
    if (!this.hasMore) return undefined;
    return readTag(this.#bytes, this.#at).tag;
  }

  /** @throws ProtocolError when the element is cut, too deep or has an impossible length */
  next(): BerElement {
    if (!this.hasMore) fail('an element is missing');
    const { tag, contentAt, contentEnd, nextAt } = readHeader(this.#bytes, this.#at, this.#bytes.length, this.#depth);
    this.#at = nextAt;
    return { tag, content: this.#bytes.subarray(contentAt, contentEnd), depth: this.#depth };
  }

  expect(tag: number, what: string): BerElement {
    const element = this.next();
    if (element.tag !== tag) fail(`${what}: tag 0x${element.tag.toString(16)} where 0x${tag.toString(16)} belongs`);
    return element;
  }

  optional(tag: number): BerElement | undefined {
    return this.peek() === tag ? this.next() : undefined;
  }

  /** What was not read yet. */
  rest(): Buffer {
    return this.#bytes.subarray(this.#at);
  }
}

export const inside = (element: BerElement): BerReader => new BerReader(element.content, element.depth + 1);

/** All elements within a constructed one. */
export function elementsOf(element: BerElement): BerElement[] {
  const reader = inside(element);
  const elements: BerElement[] = [];
  while (reader.hasMore) elements.push(reader.next());
  return elements;
}

/** Elements within a constructed one by their tag, for sets and sequences whose members are all tagged apart. */
export function fieldsOf(element: BerElement): Map<number, BerElement> {
  return new Map(elementsOf(element).map((field) => [field.tag, field]));
}

/** The one element within an explicit tag. */
export function onlyElementOf(element: BerElement, what: string): BerElement {
  const reader = inside(element);
  if (!reader.hasMore) fail(`${what} is empty`);
  return reader.next();
}

function readTag(bytes: Buffer, at: number): { tag: number; next: number } {
  const first = bytes[at]!;
  if ((first & 0x1f) !== 0x1f) return { tag: first, next: at + 1 };
  const second = bytes[at + 1];
  // MMS numbers its services up to 78 (8-1: 85): one further octet is enough.
  if (second === undefined || second >= 0x80) return fail('a tag is cut or beyond 127');
  return { tag: (first << 8) | second, next: at + 2 };
}

function readHeader(bytes: Buffer, at: number, end: number, depth: number) {
  const { tag, next } = readTag(bytes, at);
  if (next >= end) return fail('cut before a length');
  const first = bytes[next]!;
  let contentAt = next + 1;
  let length = first;
  if (first === 0x80) return readIndefinite(bytes, tag, contentAt, end, depth);
  if (first > 0x80) {
    const octets = first & 0x7f;
    if (octets > 4 || contentAt + octets > end) return fail('a length is cut or longer than four octets');
    length = bytes.readUIntBE(contentAt, octets);
    contentAt += octets;
  }
  if (length > end - contentAt) return fail(`length ${length} where ${end - contentAt} octets are left`);
  return { tag, contentAt, contentEnd: contentAt + length, nextAt: contentAt + length };
}

/** Indefinite length (8825-1, 8.1.3.6): runs to two zero octets at the same level. */
function readIndefinite(bytes: Buffer, tag: number, contentAt: number, end: number, depth: number) {
  const isConstructed = ((tag > 0xff ? tag >> 8 : tag) & 0x20) !== 0;
  if (!isConstructed) return fail('a primitive element of indefinite length');
  if (depth >= maxBerDepth) return fail(`nested deeper than ${maxBerDepth}`);
  let at = contentAt;
  while (at < end) {
    if (bytes[at] === 0 && bytes[at + 1] === 0 && at + 1 < end) {
      return { tag, contentAt, contentEnd: at, nextAt: at + 2 };
    }
    at = readHeader(bytes, at, end, depth + 1).nextAt;
  }
  return fail('an element of indefinite length has no end');
}
