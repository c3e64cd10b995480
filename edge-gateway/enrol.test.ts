import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { enrolGateway } from './enrol.ts';

let folder: string;
let server: Server;
let address: string;
let asked: { url: string | undefined; body: unknown }[];
let answer: { status: number; body: string };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mizan-enrol-'));
  asked = [];
  answer = { status: 201, body: JSON.stringify({ success: true, data: { stationId: 'ST-1', apiKey: 'key-2' } }) };
  server = createServer(async (request, response) => {
    asked.push({ url: request.url, body: JSON.parse(await text(request)) });
    response.writeHead(answer.status, { location: '/elsewhere' }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const config = (file: string | undefined = join(folder, 'gateway.key'), username: string | undefined = 'gateway') =>
  ({ stationId: 'ST-1', uplink: { passwordFile: file, username } }) as Parameters<typeof enrolGateway>[0];
const token = async () => 'gwe_token\n';

describe('enrolling a gateway', () => {
  it('exchanges the token for the key, which replaces the one before and is for its owner alone', async () => {
    const file = join(folder, 'gateway.key');
    writeFileSync(file, 'key-1');
    expect(await enrolGateway(config(), address, token)).toBe(file);
    expect(asked).toEqual([{ url: '/api/scada/gateways/enrol', body: { token: 'gwe_token' } }]);
    expect(readFileSync(file, 'utf8').trim()).toBe('key-2');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['gateway.key']);
  });

  it('lets the group of a shared folder read the key', async () => {
    chmodSync(folder, 0o2750);
    await enrolGateway(config(), address, token);
    expect(statSync(join(folder, 'gateway.key')).mode & 0o777).toBe(0o640);
  });

  it.each([
    { status: 401, body: JSON.stringify({ detail: 'The enrolment token is unknown, used or expired.' }) },
    { status: 502, body: '<html>' },
    { status: 201, body: '{}' },
    { status: 307, body: '' },
    { status: 201, body: JSON.stringify({ data: { stationId: 'ST-2', apiKey: 'key-3' } }) },
  ])('keeps the key it has when the answer is $status $body', async (given) => {
    answer = given;
    const file = join(folder, 'gateway.key');
    writeFileSync(file, 'key-1');
    const error = await enrolGateway(config(), address, token).then(
      () => undefined,
      (reason: Error) => reason,
    );
    expect(error?.message).toMatch(/token/);
    expect(error?.message).not.toMatch(/gwe_token|key-3/);
    expect(readFileSync(file, 'utf8')).toBe('key-1');
    expect(readdirSync(folder)).toEqual(['gateway.key']);
  });

  it('does not show the token where it would be of no use, or be seen', async () => {
    const missing = config(join(folder, 'missing', 'gateway.key'));
    await expect(enrolGateway(missing, address, token)).rejects.toThrow('could not be kept');
    await expect(enrolGateway({ ...config(), uplink: {} } as never, address, token)).rejects.toThrow('passwordFile');
    const nameless = { stationId: 'ST-1', uplink: { passwordFile: join(folder, 'gateway.key') } } as never;
    await expect(enrolGateway(nameless, address, token)).rejects.toThrow('uplink.username');
    await expect(enrolGateway(config(), 'http://platform.example', token)).rejects.toThrow('https');
    await expect(enrolGateway(config(), undefined, token)).rejects.toThrow('mizan-gateway enrol');
    await expect(enrolGateway(config(), address, async () => ' \n')).rejects.toThrow('mizan-gateway enrol');
    expect(asked).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });
});
