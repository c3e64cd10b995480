/**
 * Writes BER with definite lengths. An encoding is a tree whose sizes are known when it is built, so that the bytes of a
 * whole PDU are written once into one buffer, through all layers.
 */

export type BerNode = Uint8Array | BerTree;

export interface BerTree {
  readonly tag: number;
  readonly parts: readonly BerNode[];
  readonly contentSize: number;
  /** Identifier and length octets included. */
  readonly size: number;
}

const lengthOctets = (length: number): number =>
  length < 0x80 ? 1 : length < 0x100 ? 2 : length < 0x10000 ? 3 : length < 0x1000000 ? 4 : 5;

export const sizeOf = (node: BerNode): number => (node instanceof Uint8Array ? node.length : node.size);

/** An element with the tag around the parts. */
export function tlv(tag: number, ...parts: BerNode[]): BerTree {
  return tlvOf(tag, parts);
}

/** Like `tlv`, for a list that may be long. */
export function tlvOf(tag: number, parts: readonly BerNode[]): BerTree {
  let contentSize = 0;
  for (const part of parts) contentSize += sizeOf(part);
  const size = (tag > 0xff ? 2 : 1) + lengthOctets(contentSize) + contentSize;
  return { tag, parts, contentSize, size };
}

export function toBytes(node: BerNode): Buffer {
  const bytes = Buffer.allocUnsafe(sizeOf(node));
  writeNode(node, bytes, 0);
  return bytes;
}

function writeNode(node: BerNode, bytes: Buffer, start: number): number {
  let at = start;
  if (node instanceof Uint8Array) {
    bytes.set(node, at);
    return at + node.length;
  }
  if (node.tag > 0xff) bytes[at++] = node.tag >> 8;
  bytes[at++] = node.tag & 0xff;
  const octets = lengthOctets(node.contentSize) - 1;
  if (octets > 0) {
    bytes[at++] = 0x80 | octets;
    bytes.writeUIntBE(node.contentSize, at, octets);
    at += octets;
  } else {
    bytes[at++] = node.contentSize;
  }
  for (const part of node.parts) at = writeNode(part, bytes, at);
  return at;
}
