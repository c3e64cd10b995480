/** Floating point of MMS (ISO 9506-2, 14.4.2.3): one octet with the width of the exponent, then IEEE 754. */
import { ProtocolError } from '../errors.ts';

export function floatContent(value: number, width: 32 | 64): Buffer {
  const bytes = Buffer.alloc(width / 8 + 1);
  bytes[0] = width === 32 ? 8 : 11;
  if (width === 32) bytes.writeFloatBE(value, 1);
  else bytes.writeDoubleBE(value, 1);
  return bytes;
}

export function readFloat(content: Buffer): { value: number; width: 32 | 64 } {
  if (content.length === 5 && content[0] === 8) return { value: content.readFloatBE(1), width: 32 };
  if (content.length === 9 && content[0] === 11) return { value: content.readDoubleBE(1), width: 64 };
  throw new ProtocolError('mms', `floating point of ${content.length} octets`);
}
