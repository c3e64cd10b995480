/**
 * A line that carries bytes both ways: TCP, TLS or serial. Protocols are written against this, so that one test suite
 * runs over every kind of line and a protocol never meets a socket.
 */
import { connect as connectTcp, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import {
  type ConnectionOptions,
  connect as connectTls,
  createServer as createTlsServer,
  type TlsOptions,
} from 'node:tls';

export interface ByteChannel {
  /** Resolves when the operating system took the bytes and more may be written; rejects when the line is closed. */
  write(bytes: Uint8Array): Promise<void>;
  /** At most one listener each; set them before the first turn of the event loop ends. */
  onData(listener: (chunk: Buffer) => void): void;
  /** Called once, with the error that ended the line or undefined for an orderly end. */
  onClose(listener: (error: Error | undefined) => void): void;
  close(): void;
  readonly isOpen: boolean;
  /** For logs: `tcp 10.0.0.5:502`, `serial /dev/ttyS1`. */
  readonly name: string;
}

export type LineSettings =
  | { kind: 'tcp'; host: string; port: number; connectTimeoutMs?: number }
  | { kind: 'tls'; host: string; port: number; connectTimeoutMs?: number; tls: ConnectionOptions }
  | {
      kind: 'serial';
      path: string;
      baudRate: number;
      dataBits?: 7 | 8;
      parity?: 'none' | 'even' | 'odd';
      stopBits?: 1 | 2;
      /** Software drives RTS while sending, for half-duplex converters that need it. @default false */
      rtsOnSend?: boolean;
    };

const defaultConnectTimeoutMs = 5_000;

/** @throws Error with the system's code (`ECONNREFUSED`, `ETIMEDOUT`, …) when the line cannot be opened */
export async function openChannel(settings: LineSettings): Promise<ByteChannel> {
  if (settings.kind === 'serial') return (await import('./serial-channel.ts')).openSerialChannel(settings);
  const { host, port, connectTimeoutMs = defaultConnectTimeoutMs } = settings;
  const name = `${settings.kind} ${host}:${port}`;
  const socket =
    settings.kind === 'tls' ? connectTls({ ...settings.tls, host, port }) : connectTcp({ host, port, noDelay: true });
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.destroy();
      reject(Object.assign(new Error(`${name} did not answer within ${connectTimeoutMs} ms.`), { code: 'ETIMEDOUT' }));
    }, connectTimeoutMs);
    socket.once(settings.kind === 'tls' ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      socket.off('error', reject);
      resolve();
    });
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
  return socketChannel(socket, name);
}

/** A socket that is connected already, e.g. one that a listener accepted. */
export function socketChannel(socket: Socket, name = `tcp ${socket.remoteAddress}:${socket.remotePort}`): ByteChannel {
  let failure: Error | undefined;
  let closed: ((error: Error | undefined) => void) | undefined;
  socket.setNoDelay(true);
  // A device that loses power says nothing: keep-alive finds out.
  socket.setKeepAlive(true, 30_000);
  socket.on('error', (error) => {
    failure = error;
  });
  socket.on('end', () => socket.destroy());
  socket.on('close', () => closed?.(failure));
  return {
    name,
    get isOpen() {
      return !socket.destroyed;
    },
    write: (bytes) =>
      new Promise((resolve, reject) => {
        if (socket.destroyed) return reject(failure ?? new Error(`${name} is closed.`));
        socket.write(bytes, (error) => (error ? reject(error) : resolve()));
      }),
    onData: (listener) => void socket.on('data', listener),
    onClose: (listener) => {
      closed = listener;
      if (socket.destroyed) queueMicrotask(() => listener(failure));
    },
    close: () => void socket.destroy(),
  };
}

export interface Listener {
  port: number;
  close(): Promise<void>;
}

/** Accepts lines over TCP or TLS, for outstations, servers and simulators. Port 0 takes a free one. */
export async function listen(
  settings: { host?: string; port: number; tls?: TlsOptions },
  accept: (channel: ByteChannel) => void,
): Promise<Listener> {
  const sockets = new Set<Socket>();
  const onSocket = (socket: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    accept(socketChannel(socket));
  };
  const server: Server = settings.tls ? createTlsServer(settings.tls, onSocket) : createTcpServer(onSocket);
  // A handshake that fails concerns one line alone.
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, settings.host ?? '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : settings.port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
