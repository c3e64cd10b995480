import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { Aedes } from 'aedes';
import { afterEach, describe, expect, it } from 'vitest';
import { hasProgram } from '../../test/support/programs.ts';
import { ManualClock } from '../drivers/manual-clock.ts';
import { createMqttLink, type LinkSettings } from './mqtt-link.ts';

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

async function openBroker(makeServer: (handle: any) => Server, setUp: (aedes: Aedes) => void = () => {}) {
  const aedes = await Aedes.createBroker();
  setUp(aedes);
  const server = makeServer(aedes.handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ended.push(
    () => new Promise((resolve) => server.close(resolve)),
    () => new Promise<void>((resolve) => aedes.close(resolve)),
  );
  return { aedes, port: (server.address() as AddressInfo).port };
}

function openLink(settings: Partial<LinkSettings> & { url: string }, onMessage: () => Promise<void> = async () => {}) {
  const clock = new ManualClock(Date.now());
  const seen: string[] = [];
  const link = createMqttLink({
    settings: { clientId: 'gw', keepAliveSeconds: 60, ...settings },
    clock,
    log: (_, message, details) => void seen.push(`${message} ${String(details?.['reason'] ?? '')}`.trim()),
    filter: 'mizan/S/platform/#',
    will: { topic: 'mizan/S/gateway/health', payload: () => Buffer.from('gone') },
    onUp: () => seen.push('up'),
    onDown: () => seen.push('down'),
    onMessage,
    random: () => 0.5,
  });
  ended.push(() => link.stop());
  link.start();
  const until = (condition: () => boolean, what: string) => clock.until(condition, { withinMs: 200_000, what });
  return { clock, link, seen, until };
}

describe('the line to the platform', () => {
  it('is authenticated by user and password, and tries again with patience while it is refused', async () => {
    let tries = 0;
    const { port } = await openBroker(createTcpServer, (aedes) => {
      aedes.authenticate = (_client, username, password, done) =>
        done(null, ++tries >= 3 && username === 'gateway' && String(password) === 'mzn_key');
    });
    const { link, seen, until } = openLink({
      url: `mqtt://127.0.0.1:${port}`,
      username: 'gateway',
      password: 'mzn_key',
    });
    await until(() => link.isUp, 'up');
    expect(tries).toBe(3);
    expect(seen.filter((text) => text.startsWith('uplink down'))).toHaveLength(2);
    await link.publish('mizan/S/gateway/values', Buffer.from('x'));
  });

  it('is refused as a whole when it may not listen', async () => {
    const { port } = await openBroker(createTcpServer, (aedes) => {
      aedes.authorizeSubscribe = (_client, _subscription, done) => done(null, null);
    });
    const { link, seen, until } = openLink({ url: `mqtt://127.0.0.1:${port}` });
    await until(() => seen.some((text) => text.includes('refused')), 'refusal');
    expect(link.isUp).toBe(false);
  });

  it('leaves a message with the broker that could not be handled, and gets it on the next connection', async () => {
    const { aedes, port } = await openBroker(createTcpServer);
    let tries = 0;
    const { link, until } = openLink({ url: `mqtt://127.0.0.1:${port}` }, async () => {
      if (++tries === 1) throw new Error('disk on fire');
    });
    await until(() => link.isUp, 'up');
    const packet = {
      cmd: 'publish',
      topic: 'mizan/S/platform/commands',
      payload: Buffer.from('x'),
      qos: 1,
      retain: false,
      dup: false,
    };
    aedes.publish(packet as never, () => {});
    await until(() => tries === 2, 'second delivery');
  });

  it('rejects what was on its way when the line is cut, and leaves a will', async () => {
    const { aedes, port } = await openBroker(createTcpServer, (broker) => {
      // Never acknowledged.
      broker.authorizePublish = (_client, { topic }, done) => void (topic.endsWith('health') && done(null));
    });
    const wills: string[] = [];
    aedes.on('publish', ({ topic, payload }) => void (topic.endsWith('health') && wills.push(String(payload))));
    const { link, seen, until } = openLink({ url: `mqtt://127.0.0.1:${port}` });
    await until(() => link.isUp, 'up');
    const rejected = expect(link.publish('mizan/S/gateway/values', Buffer.from('x'))).rejects.toThrow();
    for (const client of Object.values((aedes as any).clients)) (client as any).conn.destroy();
    await until(() => seen.includes('down'), 'down');
    await rejected;
    await until(() => wills.length > 0, 'will');
    await until(() => link.isUp, 'up again');
    await expect(link.publish('mizan/S/gateway/health', Buffer.from('x'))).resolves.toBeUndefined();
  });

  it.skipIf(!hasProgram('openssl', 'openssl'))('runs over TLS with a certificate at both ends', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mizan-tls-'));
    ended.push(() => rmSync(folder, { recursive: true }));
    const make = (name: string): { key: string; cert: string } => {
      const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
      const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
      execFileSync(
        'openssl',
        [
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:prime256v1',
          '-nodes',
          '-days',
          '2',
          '-keyout',
          key,
          '-out',
          cert,
          ...subject,
        ],
        { stdio: 'ignore' },
      );
      return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
    };
    const [broker, gateway, stranger] = [make('broker'), make('gateway'), make('stranger')];
    const { port } = await openBroker((handle) =>
      createTlsServer({ ...broker, ca: [gateway.cert], requestCert: true, rejectUnauthorized: true }, handle),
    );
    const url = `mqtts://localhost:${port}`;
    const good = openLink({ url, certificate: gateway.cert, privateKey: gateway.key, ca: broker.cert });
    await good.until(() => good.link.isUp, 'up');
    await good.link.publish('mizan/S/gateway/values', Buffer.from('x'));
    const unknown = openLink({
      url,
      clientId: 'b',
      certificate: stranger.cert,
      privateKey: stranger.key,
      ca: broker.cert,
    });
    await unknown.until(() => unknown.seen.some((text) => text.startsWith('uplink down')), 'refused by the broker');
    const deceived = openLink({
      url,
      clientId: 'c',
      certificate: gateway.cert,
      privateKey: gateway.key,
      ca: stranger.cert,
    });
    await deceived.until(
      () => deceived.seen.some((text) => /self-signed|unable to verify/.test(text)),
      'refused by us',
    );
  });
});
