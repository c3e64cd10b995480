/**
 * Simulated Modbus TCP devices for the benchmark, in a process of their own so that their work is not counted as the
 * driver's. They answer reads of holding registers from one prepared buffer.
 */
import { createServer } from 'node:net';

const [count = '10', registers = '20000'] = process.argv.slice(2);
const memory = Buffer.alloc(Number(registers) * 2);
for (let index = 0; index < Number(registers) / 2; index += 1) memory.writeFloatBE(index / 7, index * 4);

function serve(): Promise<number> {
  const server = createServer({ noDelay: true }, (socket) => {
    let rest = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      const answers: Buffer[] = [];
      let offset = 0;
      for (; bytes.length - offset >= 12; offset += 12) {
        const address = bytes.readUInt16BE(offset + 8);
        const length = bytes.readUInt16BE(offset + 10) * 2;
        const head = Buffer.from(bytes.subarray(offset, offset + 9));
        head.writeUInt16BE(length + 3, 4);
        head[8] = length;
        answers.push(head, memory.subarray(address * 2, address * 2 + length));
      }
      rest = Buffer.from(bytes.subarray(offset));
      if (answers.length > 0) socket.write(Buffer.concat(answers));
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}

const ports = await Promise.all(Array.from({ length: Number(count) }, serve));
process.send?.({ ports });
