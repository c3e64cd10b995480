/** The driver behind the contract that all drivers share, and what is HTTP's own: ETag, authentication, bounds, outcomes. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Command } from '../../runtime/driver.ts';
import { describeDriverContract, type LoopbackDevice, RecordingSink } from '../contract-suite.ts';
import { ManualClock } from '../manual-clock.ts';
import { digestHeader, parseChallenge } from './digest.ts';
import { httpDriver } from './index.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

class LoopbackHttp {
  readonly requests: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[] = [];
  handler: Handler;
  port = 0;
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();

  constructor(handler: Handler) {
    this.handler = handler;
  }

  async listen(): Promise<this> {
    this.#server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        this.requests.push({ method: request.method!, url: request.url!, headers: request.headers, body });
        this.handler(request, response, body);
      });
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => this.#server!.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.#server.address() as { port: number }).port;
    return this;
  }

  get openLines(): number {
    return this.#sockets.size;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => (this.#server ? this.#server.close(() => resolve()) : resolve()));
    this.#server = undefined;
  }
}

const json = (response: ServerResponse, value: unknown, headers: Record<string, string> = {}): void => {
  response.writeHead(200, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
};

const point = (id: string, address: unknown, dataType = 'number', writable = false) => ({
  id,
  deviceId: 'd',
  address,
  dataType,
  scanRateMs: 500,
  writable,
});

async function openDevice(): Promise<LoopbackDevice> {
  let temperature: unknown = 21.5;
  let mode: 'usual' | 'swallow' | 'refuse' = 'usual';
  const taken: string[] = [];
  const device = await new LoopbackHttp((request, response, body) => {
    if (request.method === 'GET') return json(response, { climate: [{ temperature }] });
    if (mode === 'refuse') return void response.writeHead(403).end();
    taken.push(body);
    if (mode === 'usual') response.writeHead(204).end();
  }).listen();
  const command = { resource: '/setpoint', body: { target: '{value}', by: 'gateway' } };
  const points = [
    point('temperature', '$.climate[0].temperature'),
    point('setpoint', { path: '$.x', command }, 'number', true),
  ];
  const input = {
    connection: { host: '127.0.0.1', port: device.port, timeoutMs: 1_000 },
    devices: [{ id: 'd', settings: { resource: '/status' } }],
    points,
  };
  return {
    input,
    reading: {
      pointId: 'temperature',
      deviceId: 'd',
      initial: 21.5,
      changed: 22,
      set: (value) => {
        temperature = value;
      },
    },
    control: {
      pointId: 'setpoint',
      action: { kind: 'write', value: 19 },
      mode: 'direct',
      taken: () => taken,
      expected: '{"target":19,"by":"gateway"}',
      swallowAnswers: () => {
        mode = 'swallow';
      },
      refuse: () => {
        mode = 'refuse';
      },
    },
    wrongInputs: [
      { name: 'no host', input: { ...input, connection: {} }, field: /connection\.host/ },
      { name: 'a host with a path', input: { ...input, connection: { host: 'a/b' } }, field: /connection\.host/ },
      {
        name: 'a path that is none',
        input: { ...input, points: [point('p', '$..x')] },
        field: /points\[p\]\.address\.path/,
      },
      {
        name: 'a type that is none',
        input: { ...input, points: [point('p', 'x', 'date')] },
        field: /points\[p\]\.dataType/,
      },
      {
        name: 'a control without a command',
        input: { ...input, points: [point('p', 'x', 'number', true)] },
        field: /command/,
      },
      {
        name: 'a resource with a line break',
        input: { ...input, devices: [{ id: 'd', settings: { resource: '/a\r\nX: y' } }] },
        field: /devices\[d\]\.settings\.resource/,
      },
    ],
    goOffline: () => device.close(),
    comeBack: async () => void (await device.listen()),
    openLines: () => device.openLines,
    close: () => device.close(),
  };
}

describeDriverContract(httpDriver, openDevice);

describe('over HTTP', () => {
  const ended: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ended.splice(0).reverse()) await end();
  });

  async function begin(handler: Handler, points: ReturnType<typeof point>[], connection: Record<string, unknown> = {}) {
    const device = await new LoopbackHttp(handler).listen();
    const clock = new ManualClock();
    const sink = new RecordingSink();
    const driver = httpDriver.create(
      httpDriver.parse({
        connection: { host: '127.0.0.1', port: device.port, ...connection },
        devices: [{ id: 'd', settings: {} }],
        points,
      }),
      clock,
    );
    ended.push(async () => {
      await clock.settle(driver.stop());
      await device.close();
    });
    driver.start(sink);
    return { device, clock, sink, driver };
  }

  it('reads one document for all its points, and none twice while its ETag stands', async () => {
    const { device, clock, sink } = await begin(
      (request, response) => {
        if (request.headers['if-none-match'] === '"a"') response.writeHead(304).end();
        else
          json(
            response,
            { a: 1, b: '2', c: null, s: 'OPEN', t: '2026-01-01T10:00:00+01:00', q: 'BAD' },
            { etag: '"a"' },
          );
      },
      [
        point('a', { path: '$.a', timePath: 't' }),
        point('b', '$.b', 'integer'),
        point('c', '$.c'),
        point('d', '$.missing'),
        point('s', { path: 's', values: { OPEN: false } }, 'boolean'),
        point('q', { path: 'a', qualityPath: 'q' }),
      ],
    );
    await clock.until(() => sink.of('a').length >= 3);
    expect(sink.last('a')).toEqual({
      pointId: 'a',
      value: 1,
      quality: 'good',
      sourceTimeMs: Date.UTC(2026, 0, 1, 9),
    });
    expect(sink.last('b')).toMatchObject({ value: 2, quality: 'good' });
    expect(sink.last('c')).toMatchObject({ quality: 'bad', reason: 'the device has no value' });
    expect(sink.last('d')).toMatchObject({ quality: 'bad', reason: 'the answer does not have it' });
    expect(sink.last('s')).toMatchObject({ value: false });
    expect(sink.last('q')).toMatchObject({ quality: 'bad', value: 1, reason: 'the device says "BAD" of it' });
    expect(device.requests.slice(1).every(({ headers }) => headers['if-none-match'] === '"a"')).toBe(true);
  });

  it('reads lines of names and values, and a bare value', async () => {
    const { clock, sink } = await begin(
      (_, response) => response.end('temperature=99\ntemp = 23.5\r\nhum: 40\n'),
      [point('t', { key: 'temp' }), point('h', { key: 'hum' }, 'integer'), point('no', { key: 'x' })],
    );
    await clock.until(() => sink.last('no') !== undefined);
    expect([sink.last('t')?.value, sink.last('h')?.value, sink.last('no')?.quality]).toEqual([23.5, 40, 'bad']);
  });

  it.each<[string, Handler, RegExp]>([
    ['no JSON', (_, response) => response.end('<html>'), /no JSON/],
    ['status 503', (_, response) => response.writeHead(503).end(), /status 503/],
    ['a redirect', (_, response) => response.writeHead(302, { location: 'http://example.com/' }).end(), /status 302/],
  ])('says of %s that the values are bad, and the device is there', async (_, handler, reason) => {
    const { clock, sink } = await begin(handler, [point('a', '$.a')]);
    await clock.until(() => sink.last('a') !== undefined);
    expect(sink.last('a')).toMatchObject({ quality: 'bad', reason: expect.stringMatching(reason) });
    expect(sink.stateOf()).toBe('online');
  });

  it('reads no more than it may', async () => {
    const { clock, sink } = await begin(
      (_, response) => response.end(`{"a":"${'x'.repeat(100_000)}"}`),
      [point('a', '$.a')],
      {
        maxBytes: 1_000,
      },
    );
    await clock.until(() => sink.stateOf('d') === 'offline');
    expect(sink.states.at(-1)?.reason).toMatch(/more than 1000 bytes/);
  });

  it.each([
    ['a bearer token', { token: 'secret-1' }, 'Bearer secret-1'],
    [
      'user and password',
      { authType: 'basic', credentials: { username: 'u', password: 'p:ß' } },
      `Basic ${Buffer.from('u:p:ß').toString('base64')}`,
    ],
  ])('shows %s', async (_, connection, expected) => {
    const { device, clock, sink } = await begin(
      (_request, response) => json(response, { a: 1 }),
      [point('a', '$.a')],
      connection,
    );
    await clock.until(() => sink.last('a') !== undefined);
    expect(device.requests[0]!.headers.authorization).toBe(expected);
  });

  it('meets a digest challenge, and uses its nonce again', async () => {
    const challenge = 'Digest realm="r", nonce="n1", qop="auth", algorithm=SHA-256, opaque="o"';
    const user = { username: 'u', password: 'p' };
    const { device, clock, sink } = await begin(
      (request, response) => {
        const shown = request.headers.authorization;
        const [count, cnonce] = [/nc=(\w+)/.exec(shown ?? '')?.[1], /cnonce="(\w+)"/.exec(shown ?? '')?.[1]];
        const right = digestHeader(
          parseChallenge(challenge)!,
          user,
          { method: 'GET', path: '/' },
          Number.parseInt(count ?? '0', 16),
          cnonce,
        );
        if (shown === right) json(response, { a: 1 });
        else response.writeHead(401, { 'www-authenticate': challenge }).end();
      },
      [point('a', '$.a')],
      { authType: 'basic', scheme: 'digest', credentials: user },
    );
    await clock.until(() => sink.of('a').length >= 3);
    expect(sink.last('a')?.value).toBe(1);
    expect(device.requests.filter(({ headers }) => headers.authorization === undefined)).toHaveLength(1);
  });

  it('computes the digests of RFC 7616, section 3.9.1', () => {
    const user = { username: 'Mufasa', password: 'Circle of Life' };
    const nonces = {
      nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
      cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    };
    const answer = (algorithm: string) =>
      digestHeader(
        parseChallenge(
          `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="${nonces.nonce}"`,
        )!,
        user,
        { method: 'GET', path: '/dir/index.html' },
        1,
        nonces.cnonce,
      );
    expect(answer('MD5')).toContain('response="8ca523f5e9506fed4657c9700eebdbec"');
    expect(answer('SHA-256')).toContain('response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"');
  });

  it.each([
    [200, 'executed'],
    [302, 'refused'],
    [404, 'refused'],
    [408, 'unknown'],
    [500, 'unknown'],
  ])('takes status %i of a command for %s', async (code, status) => {
    const { clock, driver } = await begin(
      (request, response) => (request.method === 'GET' ? json(response, {}) : void response.writeHead(code).end()),
      [point('w', { path: 'a', command: { resource: '/w', words: { trip: 'OPEN' } } }, 'boolean', true)],
    );
    const command: Command = {
      id: 'c1',
      pointId: 'w',
      action: { kind: 'operate', code: 'trip' },
      mode: 'direct',
      expiresAtMs: clock.now() + 60_000,
    };
    expect(await clock.settle(driver.execute(command))).toMatchObject({ status });
  });
});
