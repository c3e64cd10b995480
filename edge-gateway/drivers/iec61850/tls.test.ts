/** The driver over TLS with certificates of both sides, and not with a server that is another than it should be. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { hasProgram, run } from '../../../test/support/programs.ts';
import { Iec61850Server } from '../../protocols/iec61850/server/server.ts';
import { stationModel } from '../../protocols/iec61850/testing/station-model.ts';
import { RecordingSink } from '../contract-suite.ts';
import { ManualClock } from '../manual-clock.ts';
import { iec61850Driver } from './index.ts';

async function certificate(folder: string, name: string): Promise<{ key: string; cert: string }> {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const request = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await run('openssl', ['req', ...request, '-subj', `/CN=${name}`, '-keyout', key, '-out', cert]);
  return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
}

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

describe.skipIf(!hasProgram('openssl', 'openssl'))('TLS', () => {
  it.each([
    ['ied1', 'online'],
    ['ied2', 'offline'],
  ])('to a server that should be %s is %s', async (serverName, expected) => {
    const folder = await mkdtemp(join(tmpdir(), 'iec61850-'));
    ends.push(() => rm(folder, { recursive: true }));
    const [ied, gateway] = await Promise.all(['ied1', 'gateway'].map((name) => certificate(folder, name)));
    const server = new Iec61850Server(stationModel);
    const tls = { ...ied!, ca: [gateway!.cert], requestCert: true, rejectUnauthorized: true };
    const port = await server.listen({ port: 0, tls });
    ends.push(() => server.close());
    const clock = new ManualClock();
    const sink = new RecordingSink();
    const driver = iec61850Driver.create(
      iec61850Driver.parse({
        connection: {
          host: '127.0.0.1',
          port,
          tls: true,
          serverName,
          authType: 'certificate',
          credentials: { certificate: gateway!.cert, privateKey: gateway!.key, ca: ied!.cert },
        },
        devices: [{ id: 'ied', settings: {} }],
        points: [],
      }),
      clock,
    );
    ends.push(() => clock.settle(driver.stop()));
    driver.start(sink);
    await clock.until(() => sink.stateOf() !== 'connecting');
    expect(sink.stateOf()).toBe(expected);
  });
});
