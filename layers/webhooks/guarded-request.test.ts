import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createGuardedClient, type GuardedClient, type GuardedClientOptions } from './guarded-request.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(() => Promise.all(cleanUps.splice(0).map((cleanUp) => cleanUp())));

async function receiver(listener: RequestListener): Promise<{ url: string; port: number; server: Server }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook`, port, server };
}

function client(options: Partial<GuardedClientOptions> = {}): GuardedClient {
  const guarded = createGuardedClient({ allowLoopback: true, ...options });
  cleanUps.push(() => guarded.close());
  return guarded;
}

const post = (guarded: GuardedClient, url: string, timeoutMs = 5000, body = '{"a":1}') =>
  guarded.post({ url, headers: { 'content-type': 'application/json' }, body, timeoutMs });

describe('a guarded request', () => {
  it('posts the body and returns status, headers and body', async () => {
    const { url } = await receiver(async (incoming, outgoing) => {
      let text = '';
      for await (const chunk of incoming) text += chunk;
      outgoing.writeHead(202, { 'x-echo': incoming.headers['content-type'], 'set-cookie': 'a=b' });
      outgoing.end(text);
    });
    const answer = await post(client(), url, 5000, '{"name":"عداد"}');
    expect(answer).toMatchObject({ status: 202, body: '{"name":"عداد"}', headers: { 'x-echo': 'application/json' } });
    expect(answer.headers).not.toHaveProperty('set-cookie');
  });

  it('keeps the connection between requests', async () => {
    let connections = 0;
    const { url, server } = await receiver((incoming, outgoing) => {
      incoming.resume();
      outgoing.end('ok');
    });
    server.on('connection', () => connections++);
    const guarded = client();
    for (let i = 0; i < 5; i++) await post(guarded, url);
    expect(connections).toBe(1);
  });

  it('repeats once on a fresh connection when the receiver closed the idle one', async () => {
    let requests = 0;
    const { url } = await receiver((incoming, outgoing) => {
      requests++;
      incoming.resume();
      // The second request on a connection is cut before any answer, as a receiver does that just timed it out.
      if (requests === 2) incoming.socket.resetAndDestroy();
      else outgoing.end('ok');
    });
    const guarded = client();
    await post(guarded, url);
    await expect(post(guarded, url)).resolves.toMatchObject({ status: 200 });
    expect(requests).toBe(3);
  });

  it('does not follow a redirect', async () => {
    const { url } = await receiver((_, outgoing) => {
      outgoing.writeHead(307, { location: 'http://169.254.169.254/latest/meta-data' }).end();
    });
    await expect(post(client(), url)).resolves.toMatchObject({
      status: 307,
      headers: { location: 'http://169.254.169.254/latest/meta-data' },
    });
  });

  it('gives up on a receiver that hangs', async () => {
    const { url } = await receiver(() => {});
    await expect(post(client(), url, 60)).rejects.toMatchObject({ reason: 'timeout' });
  });

  it('gives up on headers that drip', async () => {
    const server = createTcpServer((socket) => {
      const drip = setInterval(() => socket.write('H'), 10);
      socket.on('close', () => clearInterval(drip)).on('error', () => {});
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanUps.push(() => server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await expect(post(client(), url, 80)).rejects.toMatchObject({ reason: expect.stringMatching(/timeout|invalid/) });
  });

  it('takes the status of an answer whose body drips and lets the rest go', async () => {
    const { url } = await receiver((_, outgoing) => {
      outgoing.writeHead(200);
      const drip = setInterval(() => outgoing.write('x'), 5);
      outgoing.on('close', () => clearInterval(drip));
    });
    const answer = await post(client(), url, 150);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatch(/^x+$/);
  });

  it('keeps 4 KiB of a huge body and closes the connection', async () => {
    let closedEarly = false;
    const { url } = await receiver((_, outgoing) => {
      outgoing.on('close', () => {
        closedEarly = !outgoing.writableFinished;
      });
      outgoing.end(Buffer.alloc(50 * 1024 * 1024, 'a'));
    });
    const answer = await post(client(), url);
    expect(answer.body).toHaveLength(4096);
    await expect.poll(() => closedEarly).toBe(true);
  });

  it('refuses huge headers', async () => {
    const { url } = await receiver((_, outgoing) => {
      outgoing.writeHead(200, { 'x-huge': 'a'.repeat(20_000) }).end();
    });
    await expect(post(client(), url)).rejects.toMatchObject({ reason: 'invalid_response' });
  });

  it('says why a connection failed', async () => {
    const { url, server } = await receiver(() => {});
    await new Promise((resolve) => server.close(resolve));
    await expect(post(client(), url)).rejects.toMatchObject({
      reason: 'connection_failed',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });
});

describe('the guard', () => {
  it.each(['http://169.254.169.254/', 'https://10.1.2.3/', 'https://[fd00:ec2::254]/', 'https://localhost/'])(
    'refuses %s before any connection',
    async (url) => {
      await expect(post(client({ allowLoopback: false }), url)).rejects.toMatchObject({ reason: 'invalid_url' });
    },
  );

  it('refuses a public name that leads to a private address', async () => {
    const guarded = client({ resolve: async () => [{ address: '10.0.0.5', family: 4 }] });
    await expect(post(guarded, 'https://partner.example/')).rejects.toMatchObject({ reason: 'blocked_address' });
  });

  it('refuses a public name that leads to this machine, even in development', async () => {
    const guarded = client({ resolve: async () => [{ address: '127.0.0.1', family: 4 }] });
    await expect(post(guarded, 'https://partner.example/')).rejects.toMatchObject({ reason: 'blocked_address' });
  });

  it('refuses a name when any of its addresses is refused', async () => {
    const guarded = client({
      resolve: async () => [
        { address: '93.184.215.14', family: 4 },
        { address: 'fd00:ec2::254', family: 6 },
      ],
    });
    await expect(post(guarded, 'https://partner.example/')).rejects.toMatchObject({
      reason: 'blocked_address',
      message: expect.stringContaining('fd00:ec2::254'),
    });
  });

  it('connects to the address it checked: a name that changes afterwards changes nothing', async () => {
    const hits: string[] = [];
    const { port } = await receiver((incoming, outgoing) => {
      hits.push(incoming.headers.host ?? '');
      outgoing.end();
    });
    // The first answer passes the check; any second look-up would be the rebound one.
    const answers = [[{ address: '127.0.0.1', family: 4 }], [{ address: '169.254.169.254', family: 4 }]];
    let lookUps = 0;
    const guarded = client({ resolve: async () => answers[lookUps++] ?? [] });
    await expect(post(guarded, `http://rebind.localhost:${port}/`)).resolves.toMatchObject({ status: 200 });
    expect(lookUps).toBe(1);
    expect(hits).toEqual([`rebind.localhost:${port}`]);
    const other = client({ resolve: async () => answers[1]! });
    await expect(post(other, `http://rebind.localhost:${port}/`)).rejects.toMatchObject({ reason: 'blocked_address' });
  });

  it('names a resolver failure', async () => {
    const guarded = client({ resolve: () => Promise.reject(new Error('ENOTFOUND')) });
    await expect(post(guarded, 'https://gone.example/')).rejects.toMatchObject({ reason: 'dns_failure' });
  });
});

describe('a request that must be read whole', () => {
  const get = (guarded: GuardedClient, url: string, timeoutMs = 5000) =>
    guarded.send({ url, method: 'GET', headers: {}, timeoutMs, maxBodyBytes: 10_000 });

  it('gets the whole answer, by the method it asks for', async () => {
    const { url } = await receiver((incoming, outgoing) => outgoing.end(`${incoming.method} ${'x'.repeat(9000)}`));
    expect((await get(client({ keepsConnections: false }), url)).body).toBe(`GET ${'x'.repeat(9000)}`);
  });

  it('fails where the answer is too long or breaks off, and says that it was sent', async () => {
    const long = await receiver((_, outgoing) => outgoing.end('x'.repeat(10_001)));
    const broken = await receiver((_, outgoing) => {
      outgoing.writeHead(200, { 'content-length': '100' });
      outgoing.write('x');
      setImmediate(() => outgoing.destroy());
    });
    for (const { url } of [long, broken])
      await expect(get(client(), url)).rejects.toMatchObject({ reason: 'invalid_response', wasSent: true });
  });

  it('knows whether the receiver may have got it', async () => {
    const { url: silent } = await receiver(() => {});
    await expect(get(client(), silent, 100)).rejects.toMatchObject({ reason: 'timeout', wasSent: true });
    const closed = createTcpServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    await expect(get(client(), `http://127.0.0.1:${port}/`)).rejects.toMatchObject({
      reason: 'connection_failed',
      wasSent: false,
    });
  });
});
