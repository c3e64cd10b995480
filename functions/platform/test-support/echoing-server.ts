/** A provider as indiscreet as can be: whatever it answers, it repeats address, headers and body of the request in it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface EchoingServer {
  url: string;
  /** What it answers with. @default 200 */
  status: number;
  /** Whether it answers with something else than JSON. */
  isGarbled: boolean;
  requests: number;
}

/** @param accessToken what it gives to whoever asks for a token */
export async function startEchoingServer(accessToken: string): Promise<EchoingServer> {
  const state: EchoingServer = { url: '', status: 200, isGarbled: false, requests: 0 };
  const server = createServer((incoming, outgoing) => {
    let body = '';
    incoming.setEncoding('utf8').on('data', (chunk) => {
      body += chunk;
    });
    incoming.on('end', () => {
      state.requests += 1;
      const echo = `${incoming.method} ${incoming.url} ${JSON.stringify(incoming.headers)} ${decodeBasic(incoming.headers.authorization)} ${body}`;
      if (/token/.test(incoming.url ?? '')) {
        outgoing.writeHead(200, {
          'content-type': 'application/json',
          'x-request-id': echo.slice(0, 3000).replace(/[^\x20-\x7e]/g, ''),
        });
        outgoing.end(JSON.stringify({ access_token: accessToken, expires_in: 3600, token_type: 'Bearer' }));
        return;
      }
      outgoing.writeHead(state.status, { 'content-type': 'application/json' });
      outgoing.end(state.isGarbled ? `<html>${echo}` : JSON.stringify(everywhere(echo)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return state;
}

/** Under every name that providers use for what adapters read. */
const everywhere = (echo: string) => ({
  ...fields(echo),
  error: { ...fields(echo), details: [{ errorCode: echo }] },
  errors: { code: echo, message: echo, validations: [] },
  payment: { ...fields(echo), status: 'PENDING' },
  data: { ...fields(echo), Authority: echo, authority: echo },
  return: { status: 200, message: echo },
  entries: [{ messageid: 1, status: 1, statustext: echo }],
  messages: [{ id: echo }],
  links: [{ rel: 'payer-action', href: `https://pay.example/?${encodeURIComponent(echo)}` }],
  tokens: ['12345678901234567890'],
});

const fields = (echo: string) => ({
  id: echo,
  sid: echo,
  name: echo,
  code: echo,
  status: echo,
  message: echo,
  error_description: echo,
  transaction_id: echo,
  command_id: echo,
  invoice_url: echo,
  url: echo,
  MessageID: echo,
});

function decodeBasic(header = ''): string {
  return header.startsWith('Basic ') ? Buffer.from(header.slice(6), 'base64').toString('utf8') : '';
}
