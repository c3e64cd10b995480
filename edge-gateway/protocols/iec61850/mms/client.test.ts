/** The client against the server on loopback: what associates, what is read, and what is told when it cannot be. */
import { afterEach, describe, expect, it } from 'vitest';
import { openChannel } from '../../transport/byte-channel.ts';
import { AssociationRefusedError, NotSentError, ServiceError } from '../errors.ts';
import { Iec61850Server, type ServerOptions } from '../server/server.ts';
import { stationModel } from '../testing/station-model.ts';
import { MmsClient, type MmsClientSettings } from './client.ts';
import { inDomain } from './object-name.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function serve(options: ServerOptions = {}) {
  const server = new Iec61850Server(stationModel, options);
  const port = await server.listen({ port: 0 });
  ends.push(() => server.close());
  return { server, connect: (settings?: MmsClientSettings) => connect(port, settings) };
}

async function connect(port: number, settings?: MmsClientSettings): Promise<MmsClient> {
  const client = await MmsClient.connect(await openChannel({ kind: 'tcp', host: '127.0.0.1', port }), settings);
  ends.push(() => client.abort());
  return client;
}

const device = 'STATION1LD0';

describe('an association', () => {
  it('agrees on the smaller size and number of both sides', async () => {
    const { connect } = await serve({ maxPduSize: 4_000, maxOutstanding: 2 });
    const client = await connect({ maxPduSize: 8_000, maxOutstanding: 4 });
    expect(client.negotiated).toMatchObject({ maxPduSize: 4_000, maxOutstandingCalling: 2 });
    expect(await client.identify()).toEqual({ vendor: 'Mizan', model: 'station', revision: '1.0' });
    expect(await client.status()).toEqual({ logical: 'state-changes-allowed', physical: 'operational' });
  });

  it('ends in order, and a call after that is certainly not sent', async () => {
    const { connect, server } = await serve();
    const client = await connect();
    await client.conclude();
    expect(client.isOpen).toBe(false);
    await expect(client.identify()).rejects.toBeInstanceOf(NotSentError);
    await expect.poll(() => server.associations).toBe(0);
  });

  it('needs the password of the server', async () => {
    const { connect } = await serve({ password: 'open sesame' });
    await expect(connect()).rejects.toThrow(/authentication required/);
    await expect(connect({ password: 'wrong' })).rejects.toThrow(AssociationRefusedError);
    const client = await connect({ password: 'open sesame' });
    expect((await client.identify()).vendor).toBe('Mizan');
  });

  it.each([128, 512] as const)('works in TPDUs of %i octets', async (tpduSize) => {
    const { connect } = await serve();
    const client = await connect({ tpduSize });
    expect((await client.names('named-variable', { kind: 'domain', domain: device })).length).toBeGreaterThan(90);
  });
});

describe('names', () => {
  it('come whole however small the pages are', async () => {
    const large = await (await serve()).connect();
    const small = await (await serve({ maxNamesPerPage: 7 })).connect();
    const scope = { kind: 'domain', domain: device } as const;
    const names = await large.names('named-variable', scope);
    expect(names).toContain('MMXU1$MX$TotW$mag$f');
    expect(await small.names('named-variable', scope)).toEqual(names);
    expect(await small.names('domain', { kind: 'vmd' })).toEqual([device, 'STATION1LD1']);
  });

  it('of a domain that is not there are an error of the service', async () => {
    const client = await (await serve()).connect();
    await expect(client.names('named-variable', { kind: 'domain', domain: 'NONE' })).rejects.toThrow(ServiceError);
  });
});

describe('reading and writing', () => {
  it('gives each variable its own outcome', async () => {
    const { connect, server } = await serve();
    server.update(`${device}/MMXU1.TotW.mag.f[MX]`, { type: 'float', value: 12.5, width: 32 });
    const client = await connect();
    const [value, missing] = await client.read([
      { name: inDomain(device, 'MMXU1$MX$TotW$mag$f') },
      { name: inDomain(device, 'MMXU1$MX$Nothing') },
    ]);
    expect(value).toEqual({ type: 'float', value: 12.5, width: 32 });
    expect(missing).toEqual({ type: 'access-error', error: 'object-non-existent' });
    const text = { type: 'visible-string', value: 'Feeder 7' } as const;
    const description = { name: inDomain(device, 'MMXU1$DC$TotW$d') };
    const measured = { name: inDomain(device, 'MMXU1$MX$TotW$mag$f') };
    expect(await client.write([description, measured, description], [text, value as never, value as never])).toEqual([
      undefined,
      'object-access-denied',
      'type-inconsistent',
    ]);
    expect(await client.read([description])).toEqual([text]);
  });

  it('reaches elements, ranges and components of an array', async () => {
    const { connect, server } = await serve();
    server.update(`${device}/MHAI1.HA.har(3).mag.f[MX]`, { type: 'float', value: 0.5, width: 32 });
    const client = await connect();
    const name = inDomain(device, 'MHAI1$MX$HA$har');
    const [element, range, tooFar] = await client.read([
      {
        name,
        part: [
          { kind: 'index', index: 3 },
          { kind: 'component', name: 'mag' },
          { kind: 'component', name: 'f' },
        ],
      },
      { name, part: [{ kind: 'range', low: 2, count: 2 }] },
      { name, part: [{ kind: 'index', index: 16 }] },
    ]);
    expect(element).toMatchObject({ value: 0.5 });
    expect(range).toMatchObject({ type: 'array', items: { length: 2 } });
    expect(tooFar).toMatchObject({ type: 'access-error' });
  });

  it('keeps lists of a client, and lets go what is its own alone', async () => {
    const client = await (await serve()).connect();
    const name = { scope: 'association', item: 'mine' } as const;
    const members = [{ name: inDomain(device, 'GGIO1$ST$Ind1') }, { name: inDomain(device, 'GGIO1$ST$Ind2$q') }];
    await client.defineList(name, members);
    await expect(client.defineList(name, members)).rejects.toThrow(/object-exists/);
    expect(await client.listAttributes(name)).toEqual({ deletable: true, members });
    expect(await client.readList(name)).toMatchObject([{ type: 'structure' }, { type: 'bit-string' }]);
    expect(await client.deleteLists([name, inDomain(device, 'LLN0$Events')])).toEqual({ matched: 2, deleted: 1 });
  });

  it('refuses to send what the peer cannot take', async () => {
    const client = await (await serve({ maxPduSize: 500 })).connect();
    const variables = Array.from({ length: 50 }, () => ({ name: inDomain(device, 'MMXU1$MX$TotW$mag$f') }));
    await expect(client.read(variables)).rejects.toThrow(NotSentError);
  });

  it('never has more calls under way than agreed', async () => {
    const client = await (await serve({ maxOutstanding: 1 })).connect();
    const reads = Array.from({ length: 20 }, () => client.read([{ name: inDomain(device, 'GGIO1$ST$Ind1$stVal') }]));
    expect((await Promise.all(reads)).length).toBe(20);
  });
});
