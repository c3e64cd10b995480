import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { maxPublishBytes, publishTopic } from './publish-topic.ts';

let server: Server;
let answer: { status: number; hangUp?: boolean };
const seen: { url: string; authorization: string; body: Buffer }[] = [];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    seen.push({
      url: request.url!,
      authorization: request.headers.authorization ?? '',
      body: Buffer.concat(chunks),
    });
    if (answer.hangUp) response.destroy();
    else response.writeHead(answer.status).end('{"message":"m"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env['AWS_ENDPOINT_URL_IOT_DATA_PLANE'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  delete process.env['AWS_ENDPOINT_URL_IOT_DATA_PLANE'];
});
beforeEach(() => {
  seen.length = 0;
  answer = { status: 200 };
});

describe('a message for a topic', () => {
  it('is one signed POST with its bytes', async () => {
    const bytes = new Uint8Array([0, 255, 7]);
    expect(await publishTopic('mizan/ST-1/platform/commands', bytes)).toEqual({ outcome: 'taken' });
    expect(seen).toHaveLength(1);
    expect(seen[0]!.url).toBe('/topics/mizan%2FST-1%2Fplatform%2Fcommands?qos=1&retain=false');
    expect(seen[0]!.authorization).toMatch(/Credential=test\/\d{8}\/us-east-1\/iotdata\/aws4_request/);
    expect([...seen[0]!.body]).toEqual([0, 255, 7]);
  });

  it('that is refused is told from one whose fate is unknown, and neither is sent again', async () => {
    answer = { status: 403 };
    expect(await publishTopic('t', 'x')).toMatchObject({ outcome: 'refused' });
    answer = { status: 503 };
    expect(await publishTopic('t', 'x')).toMatchObject({ outcome: 'unknown' });
    answer = { status: 200, hangUp: true };
    expect(await publishTopic('t', 'x')).toMatchObject({ outcome: 'unknown' });
    expect(seen).toHaveLength(3);
  });

  it('that is too large is not sent', async () => {
    expect(await publishTopic('t', Buffer.alloc(maxPublishBytes + 1))).toMatchObject({ outcome: 'refused' });
    expect(seen).toHaveLength(0);
  });
});
