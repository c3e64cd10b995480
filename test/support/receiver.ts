/** A partner's HTTP server whose behaviour a test sets. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  body: string;
  headers: Record<string, string>;
  atMs: number;
}

export interface Receiver {
  url: string;
  received: Received[];
  /** How the next requests are answered. @default 204 */
  behave(behaviour: (request: Received, response: ServerResponse, count: number) => void): void;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let behaviour = (_: Received, response: ServerResponse): void => void response.writeHead(204).end();
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const one = {
      body: Buffer.concat(chunks).toString('utf8'),
      headers: request.headers as Record<string, string>,
      atMs: Date.now(),
    };
    received.push(one);
    (behaviour as (request: Received, response: ServerResponse, count: number) => void)(one, response, received.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    behave: (next) => {
      behaviour = next as typeof behaviour;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
