import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { enrolGateway } from '../../../edge-gateway/enrol.ts';
import { handler as authorizeDevice } from '../../identity/authorizers/authorize-device.ts';
import { useScadaStack } from '../test-support/scada-stack.ts';
import { handler as gateways } from './handler.ts';

const stack = useScadaStack();

it('understands the gateway that shows its token, and the gateway the answer', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mizan-enrolment-'));
  const platform = createServer(async (request, response) => {
    const body = await json(request);
    const answer = await stack.request(gateways, request.method!, request.url!, { body });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => platform.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(platform.address() as AddressInfo).port}`;
  const config = {
    stationId: 'ST-1',
    uplink: { url: 'mqtt://127.0.0.1', keepAliveSeconds: 60, username: 'gateway', passwordFile: join(folder, 'key') },
  };
  try {
    await stack.request(gateways, 'POST', '/api/scada/gateways', { body: { id: 'ST-1', name: 'Yard' } });
    const made = await stack.request(gateways, 'POST', '/api/scada/gateways/ST-1/enrolment-tokens');
    const readToken = async (): Promise<string> => `${made.body.data.token}\n`;
    const password = readFileSync(await enrolGateway(config, address, readToken), 'utf8').trim();
    const event = { protocolData: { mqtt: { username: 'x', password: Buffer.from(password).toString('base64') } } };
    expect(await authorizeDevice(event)).toMatchObject({ isAuthenticated: true });
    await expect(enrolGateway(config, address, readToken)).rejects.toThrow(/401: .*used or expired/);
    expect(readFileSync(config.uplink.passwordFile, 'utf8').trim()).toBe(password);
  } finally {
    platform.closeAllConnections();
    platform.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
