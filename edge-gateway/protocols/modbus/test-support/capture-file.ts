/** A capture file of Modbus TCP exchanges, written by hand for programs that read captures (libpcap's format, raw IPv4). */
import { encodeMbap } from '../framing/mbap.ts';

const linkTypeRawIp = 101;
const clientPort = 50_000;

/** @param exchanges PDUs as hexadecimal text: request, response */
export function captureOf(exchanges: readonly (readonly [string, string])[]): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(linkTypeRawIp, 20);
  const sequence = [1, 1];
  const packets = exchanges.flatMap((exchange, index) =>
    exchange.map((pdu, direction) => {
      const payload = encodeMbap(index + 1, 1, Buffer.from(pdu, 'hex'));
      const packet = packetOf(payload, direction === 0, sequence[direction]!, sequence[1 - direction]!);
      sequence[direction]! += payload.length;
      return packet;
    }),
  );
  return Buffer.concat([header, ...packets]);
}

function packetOf(payload: Buffer, isRequest: boolean, sequence: number, acknowledged: number): Buffer {
  const record = Buffer.alloc(16);
  const length = 40 + payload.length;
  record.writeUInt32LE(length, 8);
  record.writeUInt32LE(length, 12);
  const ip = Buffer.from('4500000000000000400600007f0000017f000001', 'hex');
  ip.writeUInt16BE(length, 2);
  const tcp = Buffer.alloc(20);
  tcp.writeUInt16BE(isRequest ? clientPort : 502, 0);
  tcp.writeUInt16BE(isRequest ? 502 : clientPort, 2);
  tcp.writeUInt32BE(sequence, 4);
  tcp.writeUInt32BE(acknowledged, 8);
  // Header of five words; PSH and ACK.
  tcp.writeUInt16BE(0x5018, 12);
  tcp.writeUInt16BE(65_535, 14);
  return Buffer.concat([record, ip, tcp, payload]);
}
