/**
 * The HTTP side of a WebSocket connection: is it a valid upgrade request (RFC 6455, section 4.2.1), and how
 * one is refused.
 */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

const KEY = /^[+/0-9A-Za-z]{22}==$/;

/** Checked before any function runs, so that `$connect` never sees a client that could not have connected. */
export function isWebSocketUpgrade(request: IncomingMessage): boolean {
  const { upgrade, 'sec-websocket-key': key, 'sec-websocket-version': version } = request.headers;
  return (
    request.method === 'GET' &&
    upgrade?.toLowerCase() === 'websocket' &&
    KEY.test(key ?? '') &&
    (version === '13' || version === '8')
  );
}

const MESSAGES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  429: 'Too Many Requests',
  500: 'Internal server error',
  502: 'Internal server error',
  504: 'Endpoint request timed out',
};

/** Answers the upgrade request with an HTTP error and hangs up. */
export function refuseUpgrade(socket: Duplex, status: number, body?: string): void {
  if (!socket.writable) return;
  const text = body ?? JSON.stringify({ message: MESSAGES[status] ?? STATUS_CODES[status] ?? 'Error' });
  socket.once('finish', () => socket.destroy());
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'connection: close',
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(text)}`,
      '',
      text,
    ].join('\r\n'),
  );
}
