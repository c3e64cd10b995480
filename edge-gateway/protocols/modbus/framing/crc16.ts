/** CRC-16 of Modbus RTU: polynomial A001 reflected, start FFFF (MODBUS over Serial Line V1.02, section 6.2.2). */

const table = new Uint16Array(256);
for (let byte = 0; byte < 256; byte += 1) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  table[byte] = crc;
}

/** Over `bytes[start..end)`; the low byte travels first. */
export function crc16(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let crc = 0xffff;
  for (let index = start; index < end; index += 1) crc = (crc >> 8) ^ table[(crc ^ bytes[index]!) & 0xff]!;
  return crc;
}
