/** Lines and peers that fail at the worst place: in the middle of a frame, without a word, or with nonsense. */
import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openChannel, socketChannel } from '../transport/byte-channel.ts';
import { Iec61850Client } from './acsi/client.ts';
import { NoAnswerError, NotSentError, ProtocolError } from './errors.ts';
import { MmsClient } from './mms/client.ts';
import { encodeInitiate } from './mms/initiate.ts';
import { encodeReport } from './mms/pdu.ts';
import { acceptAssociation } from './stack/acceptor.ts';
import type { Association } from './stack/association.ts';
import { device, type Station, startStation } from './testing/station.ts';
import { TurnableClock } from './testing/turnable-clock.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A server of one association that answers nothing by itself. */
async function silentPeer(): Promise<{ port: number; peer: Promise<{ association: Association; socket: Socket }> }> {
  const settled = Promise.withResolvers<{ association: Association; socket: Socket }>();
  const server = createServer((socket) => {
    ends.push(() => socket.destroy());
    const detail = {
      maxPduSize: 10_000,
      maxOutstandingCalling: 2,
      maxOutstandingCalled: 2,
      nestingLevel: 5,
      version: 1,
      parameters: [],
      services: [],
    };
    void acceptAssociation(socketChannel(socket), {}, () => encodeInitiate('response', detail)).then((association) => {
      association.listen({ pdu: () => {}, ended: () => {} });
      settled.resolve({ association, socket });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => server.close());
  return { port: (server.address() as { port: number }).port, peer: settled.promise };
}

const connect = async (port: number, clock = new TurnableClock()) =>
  MmsClient.connect(await openChannel({ kind: 'tcp', host: '127.0.0.1', port }), {}, clock);

describe('a line that is cut', () => {
  it('in the middle of a frame leaves what was asked without an answer, and what waited unsent', async () => {
    const { port, peer } = await silentPeer();
    const client = await connect(port);
    const { socket } = await peer;
    const calls = [client.identify(), client.identify(), client.identify()].map((call) => call.catch((error) => error));
    // Half of a packet, then nothing more for ever.
    socket.write(Buffer.from('030000401100', 'hex'));
    setTimeout(() => socket.destroy(), 20);
    const [first, second, third] = await Promise.all(calls);
    expect([first, second]).toMatchObject([{ why: 'connection-lost' }, { why: 'connection-lost' }]);
    expect(third).toBeInstanceOf(NotSentError);
  });

  it.each([1, 7, 40, 100])('by the client after %i octets is closed by the server', async (octets) => {
    const station: Station = await startStation();
    ends.push(() => station.close());
    const { client } = await station.connect();
    const channel = await openChannel({ kind: 'tcp', host: '127.0.0.1', port: station.port });
    const request = Buffer.from('0300001611e00000000100c0010dc1020001c2020001'.padEnd(200, '0'), 'hex');
    await channel.write(request.subarray(0, octets));
    channel.close();
    await expect.poll(() => station.server.associations).toBe(1);
    expect((await client.mms.identify()).vendor).toBe('Mizan');
  });
});

describe('a peer that says nothing', () => {
  it('is asked no more than it agreed to, and is left when no call is ever answered', async () => {
    const clock = new TurnableClock();
    const { port } = await silentPeer();
    const client = await connect(port, clock);
    const calls = [client.identify(), client.identify(), client.identify()].map((call) => call.catch((error) => error));
    clock.advance(10_000);
    const [first, second, third] = await Promise.all(calls);
    expect([first, second]).toMatchObject([{ why: 'timeout' }, { why: 'timeout' }]);
    expect(third).toBeInstanceOf(NotSentError);
    expect(client.isOpen).toBe(false);
  });

  it('before the association is left in time', async () => {
    const server = createServer((socket) => void ends.push(() => socket.destroy()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => server.close());
    const clock = new TurnableClock();
    const attempt = connect((server.address() as { port: number }).port, clock).catch((error) => error);
    await expect.poll(() => clock.advance(1_000) ?? Promise.race([attempt, undefined])).toBeDefined();
    expect(await attempt).toBeInstanceOf(NoAnswerError);
  });

  it('to a conclude is left in time', async () => {
    const clock = new TurnableClock();
    const { port } = await silentPeer();
    const client = await connect(port, clock);
    const concluded = client.conclude();
    clock.advance(10_000);
    await concluded;
    expect(client.isOpen).toBe(false);
  });
});

describe('a peer that talks nonsense', () => {
  it('is told so and left', async () => {
    const { port, peer } = await silentPeer();
    const client = await connect(port);
    const ended = new Promise<{ kind: string; error?: Error | undefined }>((resolve) => client.whenEnded(resolve));
    const { association } = await peer;
    void association.send(Buffer.from('bf7f0101', 'hex'));
    expect(await ended).toMatchObject({ kind: 'protocol-error', error: expect.any(ProtocolError) });
  });

  it('in one report keeps its association, and the report is counted', async () => {
    const { port, peer } = await silentPeer();
    const mms = await connect(port);
    const client = new Iec61850Client(mms);
    const { association } = await peer;
    const access = { kind: 'list', name: { scope: 'vmd', item: 'RPT' } } as const;
    void association.send(encodeReport({ access, results: [{ type: 'boolean', value: true }] }));
    await expect.poll(() => client.statistics.malformedReports).toBe(1);
    expect(client.isOpen).toBe(true);
  });
});

describe('a request that is given up', () => {
  it('is cancelled with the peer, which says that it cannot', async () => {
    const station = await startStation();
    ends.push(() => station.close());
    const { client } = await station.connect();
    const controller = new AbortController();
    const reading = client.read(`${device}/MMXU1.TotW[MX]`, undefined, { signal: controller.signal });
    controller.abort();
    expect((await reading).type).toBe('structure');
    await expect(client.read(`${device}/MMXU1.TotW[MX]`, undefined, { signal: controller.signal })).rejects.toThrow(
      NotSentError,
    );
  });
});
