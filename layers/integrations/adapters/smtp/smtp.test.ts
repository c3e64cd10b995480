/** Mail over an encrypted connection, and both ways to log in. Certificates are made by openssl. */
import { afterEach, describe, expect, it } from 'vitest';
import { type MailServer, type MailServerOptions, startMailServer } from '../../../../local/providers/mail-server.ts';
import { selfSignedCertificate } from '../../../../test/support/certificate.ts';
import { hasProgram } from '../../../../test/support/programs.ts';
import { failureOf, testContext } from '../../conformance/test-support/test-context.ts';
import { loadOperations } from '../index.ts';

const clock = { nowMs: Date.parse('2026-03-01T10:00:00Z') };
const servers: MailServer[] = [];
const kept: Record<string, unknown>[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  kept.length = 0;
});

async function send(options: MailServerOptions, settings: Record<string, string> = {}): Promise<unknown> {
  const server = await startMailServer('127.0.0.1', 0, (message) => kept.push(message), options);
  servers.push(server);
  const context = testContext({ ...server.settings, timeout_ms: '3000', ...settings }, clock);
  const email = await loadOperations('email', 'smtp', context);
  return email.send({ to: ['a@example.com'], subject: 's', text: 't', reference: 'r' });
}

it.each(['PLAIN', 'LOGIN', 'CRAM-MD5 LOGIN PLAIN'])('logs in with %s', async (authMethods) => {
  await send({ authMethods });
  expect(kept).toHaveLength(1);
});

it('does not guess where the server offers neither', async () => {
  expect((await failureOf(() => send({ authMethods: 'CRAM-MD5' }))).code).toBe('configuration');
});

it('the same reference has the same Message-ID, so that a receiver can tell a message sent twice', async () => {
  await send({});
  await send({});
  const [first, second] = kept.map(({ raw }) => /^Message-ID: (.+)$/m.exec(String(raw))![1]);
  expect(second).toBe(first);
});

describe.skipIf(!hasProgram('openssl', 'openssl'))('over STARTTLS', () => {
  it('sends where the certificate is trusted', async () => {
    const tls = await selfSignedCertificate();
    await send({ tls }, { ca_certificate: tls.cert });
    expect(kept).toHaveLength(1);
  });

  it('sends nothing where it is not', async () => {
    const error = await failureOf(async () => send({ tls: await selfSignedCertificate() }));
    expect(error.code).toBe('unreachable');
    expect(kept).toEqual([]);
  });
});
