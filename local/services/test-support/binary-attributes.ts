/** Binary values as the SDK hands them to its codec, and as they are on the wire (AttributeValue, members `B` and `BS`). */

/** A copy with text in base 64 for bytes, and without what JSON leaves out. */
export function binaryAsText<T>(value: T): T {
  return copied(value) as T;
}

function copied(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copied);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  const copy: Record<string, unknown> = {};
  for (const name in value) {
    const member = (value as Record<string, unknown>)[name];
    if (member !== undefined) copy[name] = copied(member);
  }
  return copy;
}

/** The same value, in which bytes have taken the place of their text. */
export function binaryAsBytes<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  const members = value as Record<string, unknown>;
  for (const name in members) {
    const member = members[name];
    if (name === 'B' && typeof member === 'string') members[name] = bytesOf(member);
    else if (name === 'BS' && Array.isArray(member)) members[name] = member.map(bytesOf);
    else if (typeof member === 'object') binaryAsBytes(member);
  }
  return value;
}

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
