/**
 * The one port on which clients reach all APIs. It is bound as soon as the first API is created, because
 * templates hand its URL to functions; requests are answered from `serve` on.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { ConfigurationError } from '../../runtime/types.ts';

/** "Total combined size of request line and header values: 10240 bytes". */
const MAX_HEADER_BYTES = 10_240;
/** A client that takes longer than this for its headers is not one of ours. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;
/** Longer than any client keeps an idle connection, so that clients close first and no request meets a reset. */
const KEEP_ALIVE_MS = 75_000;

export interface GatewayTraffic {
  onRequest(request: IncomingMessage, response: ServerResponse): void;
  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

export class GatewayListener {
  readonly #askedPort: number;
  readonly #server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: 5_000,
    noDelay: true,
  });
  #traffic: GatewayTraffic | undefined;
  #bound: Promise<string> | undefined;
  #url: string | undefined;

  constructor(port: number) {
    this.#askedPort = port;
    this.#server.on('request', (request, response) => {
      if (this.#traffic) this.#traffic.onRequest(request, response);
      else response.writeHead(503).end();
    });
    this.#server.on('upgrade', (request, socket, head) => {
      if (this.#traffic) this.#traffic.onUpgrade(request, socket, head);
      else socket.destroy();
    });
  }

  /** Undefined until bound. */
  get url(): string | undefined {
    return this.#url;
  }

  /** Binds once; returns e.g. `http://localhost:3000`. */
  bind(): Promise<string> {
    this.#bound ??= new Promise((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) =>
        reject(
          error.code === 'EADDRINUSE'
            ? new ConfigurationError(`Port ${this.#askedPort} for the REST API is in use; choose another one.`, {
                cause: error,
              })
            : error,
        ),
      );
      this.#server.listen(this.#askedPort, '127.0.0.1', () => {
        this.#url = `http://localhost:${(this.#server.address() as AddressInfo).port}`;
        resolve(this.#url);
      });
    });
    return this.#bound;
  }

  serve(traffic: GatewayTraffic): void {
    this.#traffic = traffic;
  }

  /** Lets requests under way finish for a moment, then cuts the rest. */
  async close(): Promise<void> {
    if (!this.#bound) return;
    await this.#bound.catch(() => undefined);
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      const cut = setTimeout(() => this.#server.closeAllConnections(), 1_000);
      this.#server.close(() => {
        clearTimeout(cut);
        resolve();
      });
      this.#server.closeIdleConnections();
    });
  }
}
