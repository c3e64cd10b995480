/** What went over a line, as a capture file that protocol analysers read: TCP on port 102, without a network. */
import type { ByteChannel } from '../../transport/byte-channel.ts';

interface Packet {
  fromClient: boolean;
  bytes: Buffer;
}

/** The channel, with everything that passes it put down. */
export function recorded(channel: ByteChannel, packets: Packet[]): ByteChannel {
  return {
    get name() {
      return channel.name;
    },
    get isOpen() {
      return channel.isOpen;
    },
    write: (bytes) => {
      packets.push({ fromClient: true, bytes: Buffer.from(bytes) });
      return channel.write(bytes);
    },
    onData: (listener) =>
      channel.onData((chunk) => {
        packets.push({ fromClient: false, bytes: Buffer.from(chunk) });
        listener(chunk);
      }),
    onClose: (listener) => channel.onClose(listener),
    close: () => channel.close(),
  };
}

/** Largest part of a packet, as Ethernet carries. */
const segmentSize = 1_400;
const rawIp = 101;

/** A file in the format of libpcap, with raw IPv4 packets. */
export function pcap(packets: Packet[]): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(0xffff, 16);
  header.writeUInt32LE(rawIp, 20);
  const parts: Buffer[] = [header];
  const sent = { client: 1, server: 1 };
  for (const { fromClient, bytes } of packets) {
    for (let at = 0; at < bytes.length; at += segmentSize) {
      const segment = bytes.subarray(at, at + segmentSize);
      const [own, other] = fromClient ? (['client', 'server'] as const) : (['server', 'client'] as const);
      parts.push(record(parts.length, ipPacket(fromClient, sent[own], sent[other], segment)));
      sent[own] += segment.length;
    }
  }
  return Buffer.concat(parts);
}

function record(number: number, packet: Buffer): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(1_768_478_400, 0);
  header.writeUInt32LE(number, 4);
  header.writeUInt32LE(packet.length, 8);
  header.writeUInt32LE(packet.length, 12);
  return Buffer.concat([header, packet]);
}

function ipPacket(fromClient: boolean, sequence: number, acknowledged: number, payload: Buffer): Buffer {
  const bytes = Buffer.alloc(40 + payload.length);
  bytes[0] = 0x45;
  bytes.writeUInt16BE(bytes.length, 2);
  bytes[8] = 64;
  bytes[9] = 6;
  const [client, server] = ['0a000001', '0a000002'];
  bytes.write(fromClient ? client! + server! : server! + client!, 12, 'hex');
  bytes.writeUInt16BE(fromClient ? 50_000 : 102, 20);
  bytes.writeUInt16BE(fromClient ? 102 : 50_000, 22);
  bytes.writeUInt32BE(sequence, 24);
  bytes.writeUInt32BE(acknowledged, 28);
  bytes[32] = 0x50;
  bytes[33] = 0x18;
  bytes.writeUInt16BE(0xffff, 34);
  payload.copy(bytes, 40);
  return bytes;
}
