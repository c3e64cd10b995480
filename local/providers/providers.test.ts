/** The control interface of the simulators, as a person or a test in another process uses it. */
import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningProviders, startProviders } from './start-providers.ts';

let providers: RunningProviders;
beforeAll(async () => {
  providers = await startProviders();
});
afterAll(() => providers.close());

const call = async (method: string, path: string, body?: unknown) => {
  const answer = await fetch(`${providers.url}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, json: (await answer.json().catch(() => undefined)) as any };
};
const sendSms = () =>
  fetch(`${providers.url}/local_1/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${providers.settingsOf('local_1')['api_key']}` },
    body: JSON.stringify({ to: '+967771234567', text: 'x' }),
  });

it('listens on the loopback address alone', () => {
  expect(providers.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

it('tells names and settings', async () => {
  const { json } = await call('GET', '/_providers');
  expect(json.map(({ provider }: any) => provider)).toContain('stripe');
});

it('switches a mode for a number of requests, and keeps a journal', async () => {
  await call('DELETE', '/_providers/journal');
  expect((await call('PUT', '/_providers/local_1/mode', { mode: 'error', times: 1 })).status).toBe(200);
  expect((await sendSms()).status).toBe(500);
  expect((await sendSms()).status).toBe(202);
  const { json } = await call('GET', '/_providers/journal?provider=local_1&kind=message');
  expect(json.requests).toHaveLength(2);
  expect(json.acts).toMatchObject([{ kind: 'message', data: { to: '+967771234567' } }]);
});

it('names a mode or a provider it does not know', async () => {
  expect(await call('PUT', '/_providers/local_1/mode', { mode: 'explode' })).toMatchObject({ status: 400 });
  expect((await call('PUT', '/_providers/nobody/mode', { mode: 'ok' })).status).toBe(404);
  expect((await call('GET', '/nobody/x')).status).toBe(404);
});

it('sends a notification and tells the answer', async () => {
  const seen: Record<string, unknown>[] = [];
  const receiver = createServer((request, response) => {
    seen.push({ ...request.headers });
    response.writeHead(202).end('taken');
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as { port: number };
  const { json } = await call('POST', '/_providers/stripe/notify', {
    url: `http://127.0.0.1:${port}/hook`,
    id: 'cs_test_1',
  });
  receiver.close();
  expect(json).toEqual({ status: 202, body: 'taken' });
  expect(seen[0]).toHaveProperty('stripe-signature');
});

it('notifies where it was told to, signed for the address it was given, and when the payer acts', async () => {
  const seen: { url: string; token: unknown; signature: unknown }[] = [];
  const receiver = createServer((request, response) => {
    const { 'x-integration-token': token, 'x-signature': signature } = request.headers;
    seen.push({ url: request.url ?? '', token, signature });
    response.end('taken');
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(receiver.address() as { port: number }).port}`;
  expect((await call('POST', '/_providers/kuraimi/notify', { id: 'p1' })).status).toBe(400);
  expect((await call('PUT', '/_providers/kuraimi/callback', { url: 'nowhere' })).status).toBe(400);
  await call('PUT', '/_providers/kuraimi/callback', { url: 'https://mizan.example/pay', origin });
  const headers = { 'x-integration-token': 'token-1' };
  await call('PUT', '/_providers/acrel/callback', { url: 'https://mizan.example/hooks', origin, headers });
  expect((await call('POST', '/_providers/kuraimi/payer', { id: 'p1' })).json.notified).toEqual({
    status: 200,
    body: 'taken',
  });
  await call('POST', '/_providers/acrel/notify', { id: 'ACR-1', type: 'disconnect_confirm' });
  receiver.close();
  receiver.closeAllConnections();
  expect(seen).toMatchObject([
    { url: '/pay', signature: expect.stringMatching(/^[0-9a-f]{64}$/) },
    { url: '/hooks/disconnect-confirm', token: 'token-1' },
  ]);
  expect(await call('POST', '/_providers/kuraimi/notify', { id: 'p1' })).toMatchObject({
    status: 502,
    json: { error: expect.stringContaining('could not be notified') },
  });
});

it('mail and MQTT are listed and switched as well, for as long as it is said', async () => {
  const { json } = await call('GET', '/_providers');
  expect(json.map(({ provider }: any) => provider)).toEqual(expect.arrayContaining(['smtp', 'generic_mqtt']));
  expect((await call('PUT', '/_providers/smtp/mode', { mode: 'error' })).status).toBe(200);
  expect((await call('PUT', '/_providers/smtp/mode', { mode: 'error', times: 1 })).json.error).toContain('times');
  expect((await call('PUT', '/_providers/smtp/mode', { mode: 'ok' })).status).toBe(200);
});

it('leaves nothing running when a port is taken', async () => {
  const port = Number(new URL(providers.url).port);
  await expect(startProviders({ port: 0, smtpPort: port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

it('the payer acts', async () => {
  expect((await call('POST', '/_providers/zarinpal/payer', { id: 'A1', outcome: 'pays' })).status).toBe(200);
  expect((await call('POST', '/_providers/twilio/payer', { id: 'x' })).status).toBe(404);
});
