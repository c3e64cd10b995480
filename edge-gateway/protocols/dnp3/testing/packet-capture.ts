/** Writes octets as a capture file (libpcap, raw IPv4): a TCP conversation on DNP3's port that a dissector can open. */

export interface Packet {
  fromMaster: boolean;
  bytes: Buffer;
}

const rawIp = 101;
const dnp3Port = 20_000;
const masterPort = 40_000;

export function capture(packets: readonly Packet[]): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(0xffff, 16);
  header.writeUInt32LE(rawIp, 20);
  const sequence = { master: 1, outstation: 1 };
  const records = packets.flatMap(({ fromMaster, bytes }, number) => {
    const [own, other] = fromMaster ? (['master', 'outstation'] as const) : (['outstation', 'master'] as const);
    const packet = Buffer.concat([
      ipHeader(fromMaster, bytes.length),
      tcpHeader(fromMaster, sequence[own], sequence[other]),
      bytes,
    ]);
    sequence[own] += bytes.length;
    const record = Buffer.alloc(16);
    record.writeUInt32LE(1_767_225_600 + number, 0);
    record.writeUInt32LE(packet.length, 8);
    record.writeUInt32LE(packet.length, 12);
    return [record, packet];
  });
  return Buffer.concat([header, ...records]);
}

function ipHeader(fromMaster: boolean, octets: number): Buffer {
  const header = Buffer.alloc(20);
  header[0] = 0x45;
  header.writeUInt16BE(40 + octets, 2);
  header[8] = 64;
  header[9] = 6;
  header.set([10, 0, 0, fromMaster ? 1 : 2], 12);
  header.set([10, 0, 0, fromMaster ? 2 : 1], 16);
  return header;
}

function tcpHeader(fromMaster: boolean, sequence: number, acknowledged: number): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt16BE(fromMaster ? masterPort : dnp3Port, 0);
  header.writeUInt16BE(fromMaster ? dnp3Port : masterPort, 2);
  header.writeUInt32BE(sequence, 4);
  header.writeUInt32BE(acknowledged, 8);
  header[12] = 0x50;
  header[13] = 0x18;
  header.writeUInt16BE(0xffff, 14);
  return header;
}
