/** CRC-16/DNP: polynomial 0x3D65, reflected, complemented (IEEE 1815-2012, 9.2.4.7 and annex E). */

const table = Uint16Array.from({ length: 256 }, (_, octet) => {
  let crc = octet;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xa6bc : crc >>> 1;
  return crc;
});

export function crc16(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let crc = 0;
  for (let at = start; at < end; at += 1) crc = (crc >>> 8) ^ table[(crc ^ bytes[at]!) & 0xff]!;
  return ~crc & 0xffff;
}
