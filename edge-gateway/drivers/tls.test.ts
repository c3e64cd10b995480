/** Modbus, HTTP and MQTT over TLS, with a certificate that each test run makes for itself; skipped without openssl. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { Aedes } from 'aedes';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { hasProgram } from '../../test/support/programs.ts';
import { listenModbus, RegisterBank } from '../protocols/modbus/index.ts';
import type { DriverModule } from '../runtime/driver.ts';
import { RecordingSink } from './contract-suite.ts';
import { httpDriver } from './http/index.ts';
import { ManualClock } from './manual-clock.ts';
import { modbusDriver } from './modbus/index.ts';
import { mqttDriver } from './mqtt/index.ts';

const openssl = hasProgram('openssl', 'openssl');
const folder = mkdtempSync(join(tmpdir(), 'drivers-tls-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function certificate(): { key: string; cert: string } {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=device.example', '-addext', 'subjectAltName=DNS:device.example'];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];
  execFileSync('openssl', ['req', ...kind, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));

describe.skipIf(!openssl)('over TLS', () => {
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });
  const tls = openssl ? certificate() : { key: '', cert: '' };

  const devices: Record<string, { module: DriverModule<any, any, any>; address: unknown; open(): Promise<number> }> = {
    modbus: {
      module: modbusDriver,
      address: 'holding:5',
      async open() {
        const bank = new RegisterBank();
        bank.holdingRegisters.set(5, 42);
        const server = await listenModbus({ port: 0, tls }, bank.answer);
        closers.push(() => server.close());
        return server.port;
      },
    },
    http: {
      module: httpDriver,
      address: 'v',
      async open() {
        const server = createHttpsServer(tls, (_, response) => response.end('{"v":42}'));
        closers.push(() => {
          server.closeAllConnections();
          server.close();
        });
        return listen(server);
      },
    },
    mqtt: {
      module: mqttDriver,
      address: 't#v',
      async open() {
        const broker = await Aedes.createBroker();
        broker.on('subscribe', () => {
          setImmediate(() =>
            broker.publish(
              { cmd: 'publish', qos: 0, dup: false, retain: false, topic: 't', payload: '{"v":42}' },
              () => {},
            ),
          );
        });
        const server = createTlsServer(tls, (socket) => void broker.handle(socket));
        server.on('tlsClientError', () => {});
        closers.push(() => new Promise<void>((resolve) => broker.close(() => server.close(() => resolve()))));
        return listen(server);
      },
    },
  };

  async function begin(name: string, connection: Record<string, unknown>) {
    const { module, address, open } = devices[name]!;
    const port = await open();
    const clock = new ManualClock();
    const sink = new RecordingSink();
    const version = name === 'mqtt' ? { version: '3.1.1' } : {};
    const driver = module.create(
      module.parse({
        connection: { host: '127.0.0.1', port, tls: true, ...version, ...connection },
        devices: [{ id: 'd', settings: {} }],
        points: [{ id: 'p', deviceId: 'd', address, dataType: 'uint16', scanRateMs: 1_000, writable: false }],
      }),
      clock,
    );
    closers.push(() => clock.settle(driver.stop()));
    driver.start(sink);
    return { clock, sink };
  }

  it.each(Object.keys(devices))('%s reads, when the certificate is the one it was told', async (name) => {
    const { clock, sink } = await begin(name, {
      serverName: 'device.example',
      authType: 'certificate',
      credentials: { ca: tls.cert },
    });
    await clock.until(() => sink.last('p')?.value === 42, { withinMs: 20_000 });
    expect(sink.last('p')).toMatchObject({ value: 42, quality: 'good' });
  });

  it.each(Object.keys(devices))('%s refuses a device that anybody could be', async (name) => {
    const { clock, sink } = await begin(name, { serverName: 'device.example' });
    await clock.until(() => sink.stateOf() === 'offline', { withinMs: 20_000 });
    expect(sink.states.at(-1)?.reason).toMatch(/certificate/i);
    expect(sink.received).toEqual([]);
  });

  it.each(Object.keys(devices))('%s refuses a certificate of another name', async (name) => {
    const { clock, sink } = await begin(name, { serverName: 'other.example', credentials: { ca: tls.cert } });
    await clock.until(() => sink.stateOf() === 'offline', { withinMs: 20_000 });
    expect(sink.states.at(-1)?.reason).toMatch(/does not match certificate/);
  });
});
