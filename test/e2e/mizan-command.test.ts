/** `npm run mizan` as a person runs it: its own process against a running platform. */
import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiWith, expectOk, type Mizan, startMizan } from '../support/mizan.ts';

let mizan: Mizan;
beforeAll(async () => {
  mizan = await startMizan({ meters: 1 });
});
afterAll(() => mizan?.stop());

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

function mizanCommand(args: string[], { input = '', endpoint = mizan.platform.endpoints.awsEndpointUrl } = {}) {
  return new Promise<Ended>((resolve) => {
    const child = spawn(process.execPath, ['scripts/mizan.ts', ...args, '--endpoint', endpoint]);
    const ended: Ended = { code: null, out: '', err: '' };
    child.stdout.on('data', (part) => (ended.out += part));
    child.stderr.on('data', (part) => (ended.err += part));
    child.once('close', (code) => resolve({ ...ended, code }));
    child.stdin.end(input);
  });
}
const json = async (...args: string[]): Promise<any> => {
  const { code, out, err } = await mizanCommand([...args, '--json']);
  if (code !== 0) throw new Error(`${code}: ${err}`);
  return JSON.parse(out);
};
const api = (credential?: string) => apiWith(mizan.platform.endpoints.restUrl, credential);

describe('npm run mizan', () => {
  it('creates a tenant whose owner logs in with the password from standard input', async () => {
    const password = 'violet kettle at noon';
    const words = ['--id', 'east', '--name', 'East', '--owner-name', 'Nadia', '--owner-email', 'nadia@east.example'];
    const made = await mizanCommand(['tenants', 'create', ...words, '--password-stdin'], { input: `${password}\n` });
    expect(made).toMatchObject({ code: 0, err: '' });
    expect(made.out).toContain('tenantId: east');
    expect(made.out).not.toContain(password);
    const login = expectOk(await api()('POST', '/api/v1/auth/login', { email: 'nadia@east.example', password }));
    expect(login.organizationId).toBe('east');
    const again = await mizanCommand(['tenants', 'create', ...words, '--lang', 'ar']);
    expect(again.code).toBe(1);
    expect(again.err).toMatch(/مرفوض \(already_exists\)/);
  });

  it('makes a key that works, and suspends the tenant so that it does not', async () => {
    const { key } = await json('keys', 'create', '--tenant', 'tenant-south', '--name', 'ops', '--scope', 'scada:*');
    expect((await api(key)('GET', '/api/scada/stations')).status).toBe(200);
    expect((await json('tenants', 'suspend', 'tenant-south')).tenant.status).toBe('suspended');
    const { email, password } = mizan.south;
    expect((await api()('POST', '/api/v1/auth/login', { email, password })).status).toBe(403);
    expect((await json('tenants', 'reactivate', 'tenant-south')).tenant.status).toBe('active');
    expect((await api()('POST', '/api/v1/auth/login', { email, password })).status).toBe(200);
    const { out } = await mizanCommand(['tenants', 'list']);
    expect(out).toMatch(/^tenant-north +north +active/m);
  });

  it('rotates the signing key and logs nobody out', async () => {
    const before = await json('signing-key', 'status');
    const after = await json('signing-key', 'rotate');
    expect(after.kid).not.toBe(before.kid);
    expect((await api(mizan.north.token)('GET', '/api/v1/auth/me')).status).toBe(200);
    const { keys } = (await api()('GET', '/.well-known/jwks.json')).json;
    expect(keys.map(({ kid }: { kid: string }) => kid)).toEqual(expect.arrayContaining([before.kid, after.kid]));
    expect(await mizanCommand(['signing-key', 'rotate'])).toMatchObject({ code: 1 });
  });

  it('ends with what went wrong', async () => {
    expect(await mizanCommand(['tenants', 'fly'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('no command'),
    });
    expect(await mizanCommand(['tenants', 'suspend', 'nowhere'])).toMatchObject({ code: 1 });
    const nobody = await mizanCommand(['tenants', 'list'], { endpoint: 'http://127.0.0.1:4599' });
    expect(nobody).toMatchObject({ code: 3, err: expect.stringContaining('npm start') });
  });
});
