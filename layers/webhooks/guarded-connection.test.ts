import { type AddressInfo, createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { connectGuarded } from './guarded-connection.ts';

async function listener(): Promise<number> {
  const server = createServer((socket) => socket.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const development = { allowLoopback: true, timeoutMs: 2000 };
const production = { allowLoopback: false, timeoutMs: 2000 };

it('connects where the policy allows it', async () => {
  const socket = await connectGuarded({ host: '127.0.0.1', port: await listener() }, development);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString()).toBe('hello');
});

it('reaches nothing inside, by address or by name', async () => {
  const port = await listener();
  for (const host of ['127.0.0.1', '10.0.0.1', '169.254.169.254', '::1'])
    await expect(connectGuarded({ host, port }, production)).rejects.toMatchObject({ reason: 'blocked_address' });
  const inside = { ...production, resolve: async () => [{ address: '192.168.1.1', family: 4 }] };
  await expect(connectGuarded({ host: 'mail.example.com', port: 587 }, inside)).rejects.toMatchObject({
    reason: 'blocked_address',
  });
});

it('takes no port of other protocols', async () => {
  const outside = { ...production, resolve: async () => [{ address: '93.184.216.34', family: 4 }] };
  await expect(connectGuarded({ host: 'mail.example.com', port: 6379 }, outside)).rejects.toMatchObject({
    reason: 'invalid_url',
  });
});
