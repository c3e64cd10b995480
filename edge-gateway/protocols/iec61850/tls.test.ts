/** The same association over TLS, with certificates that are made for the test and trusted by both sides. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasProgram, run } from '../../../test/support/programs.ts';
import { Iec61850Client } from './acsi/client.ts';
import { Iec61850Server } from './server/server.ts';
import { stationModel } from './testing/station-model.ts';

async function certificate(folder: string, name: string): Promise<{ key: string; cert: string }> {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const request = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await run('openssl', ['req', ...request, '-subj', `/CN=${name}`, '-keyout', key, '-out', cert]);
  return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
}

describe.skipIf(!hasProgram('openssl', 'openssl'))('TLS', () => {
  it('carries associations of those who know each other, and of nobody else', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mms-tls-'));
    const server = new Iec61850Server(stationModel);
    try {
      const [station, gateway, stranger] = await Promise.all(
        ['station', 'gateway', 'stranger'].map((name) => certificate(folder, name)),
      );
      const port = await server.listen({
        port: 0,
        tls: { ...station!, ca: [gateway!.cert], requestCert: true, rejectUnauthorized: true },
      });
      const connect = (own: { key: string; cert: string }) =>
        Iec61850Client.connect({
          kind: 'tls',
          host: '127.0.0.1',
          port,
          tls: { ...own, ca: [station!.cert], checkServerIdentity: () => undefined },
        });
      const client = await connect(gateway!);
      expect((await client.discover()).devices.length).toBe(2);
      await client.close();
      await expect(connect(stranger!)).rejects.toThrow();
      await expect(
        Iec61850Client.connect({ kind: 'tcp', host: '127.0.0.1', port }, { associateTimeoutMs: 2_000 }),
      ).rejects.toThrow();
      expect(server.associations).toBe(0);
    } finally {
      await server.close();
      await rm(folder, { recursive: true });
    }
  });
});
