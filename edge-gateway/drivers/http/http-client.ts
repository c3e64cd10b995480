/**
 * One HTTP exchange, bounded in time and size, that says whether a failed request may have reached the device. Redirects
 * are not followed: a device that answers with one is misconfigured, and credentials belong to its address alone.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { DriverContext } from '../../runtime/driver.ts';
import { secretText, tlsOptionsOf } from '../secret-setting.ts';
import { type DigestChallenge, digestHeader, parseChallenge } from './digest.ts';
import type { HttpConnection } from './settings.ts';

export interface HttpExchange {
  method: string;
  resource: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
}

export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** No answer; `sent` tells whether the device may have taken the request. */
export class HttpLineError extends Error {
  override readonly name = 'HttpLineError';
  readonly sent: boolean;

  constructor(message: string, sent: boolean) {
    super(message);
    this.sent = sent;
  }
}

export class HttpClient {
  readonly #connection: HttpConnection;
  readonly #context: DriverContext;
  readonly #agent: HttpAgent;
  readonly #underWay = new Set<AbortController>();
  #challenge: DigestChallenge | undefined;
  #uses = 0;
  readonly statistics = { requests: 0, timeouts: 0, bytesIn: 0, bytesOut: 0 };

  constructor(connection: HttpConnection, context: DriverContext) {
    this.#connection = connection;
    this.#context = context;
    const options = { keepAlive: true, maxSockets: 4 };
    this.#agent = connection.tls ? new HttpsAgent({ ...options, ...tlsOptionsOf(connection) }) : new HttpAgent(options);
  }

  /** Ends what is under way and every kept connection. */
  close(): void {
    for (const controller of this.#underWay) controller.abort();
    this.#agent.destroy();
  }

  /**
   * @param beforeSend may throw, and then nothing is sent; also called before the second request of a digest
   * @throws HttpLineError
   */
  async exchange(exchange: HttpExchange, beforeSend: () => void = () => {}): Promise<HttpAnswer> {
    beforeSend();
    const answer = await this.#send(exchange);
    if (answer.status !== 401 || this.#connection.scheme !== 'digest') return answer;
    // Refused for want of the digest: nothing was done, so the same may be said once more, with it.
    const challenge = parseChallenge(answer.headers['www-authenticate']);
    if (!challenge) return answer;
    this.#challenge = challenge;
    this.#uses = 0;
    beforeSend();
    return this.#send(exchange);
  }

  #authorization({ method, resource }: HttpExchange): string | undefined {
    const { token, credentials, authType, scheme } = this.#connection;
    if (token !== undefined) return `Bearer ${secretText(token)}`;
    if (authType !== 'basic') return undefined;
    const user = { username: credentials?.username ?? '', password: secretText(credentials?.password) ?? '' };
    if (scheme === 'basic') return `Basic ${Buffer.from(`${user.username}:${user.password}`).toString('base64')}`;
    if (!this.#challenge) return undefined;
    this.#uses += 1;
    return digestHeader(this.#challenge, user, { method, path: resource }, this.#uses);
  }

  #send(exchange: HttpExchange): Promise<HttpAnswer> {
    const { host, port, tls, timeoutMs, maxBytes } = this.#connection;
    const { method, resource, body } = exchange;
    const authorization = this.#authorization(exchange);
    const headers = {
      ...this.#connection.headers,
      ...exchange.headers,
      ...(authorization !== undefined && { authorization }),
      ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
    };
    this.statistics.requests += 1;
    const controller = new AbortController();
    this.#underWay.add(controller);
    let isConnected = false;
    let timer: { cancel(): void } | undefined;
    return new Promise<HttpAnswer>((resolve, reject) => {
      const fail = (message: string): void => {
        controller.abort();
        reject(new HttpLineError(message, isConnected));
      };
      timer = this.#context.setTimer(() => {
        this.statistics.timeouts += 1;
        fail(`${method} ${resource} was not answered within ${timeoutMs} ms`);
      }, timeoutMs);
      // A command gets a connection of its own: on a kept one nobody knows whether a request was taken before it broke.
      const agent = method === 'GET' ? this.#agent : false;
      const tlsOptions = tls && method !== 'GET' ? tlsOptionsOf(this.#connection) : {};
      const options = { host, port, method, path: resource, headers, agent, signal: controller.signal, ...tlsOptions };
      const outgoing = (tls ? httpsRequest : httpRequest)(options, (incoming) => {
        const chunks: Buffer[] = [];
        let length = 0;
        incoming.on('data', (chunk: Buffer) => {
          length += chunk.length;
          this.statistics.bytesIn += chunk.length;
          if (length > maxBytes) fail(`${method} ${resource} answered more than ${maxBytes} bytes`);
          else chunks.push(chunk);
        });
        incoming.on('error', (error) => fail(`${method} ${resource}: ${error.message}`));
        incoming.on('end', () => {
          const { statusCode = 0, headers: answered } = incoming;
          resolve({ status: statusCode, headers: answered, body: Buffer.concat(chunks).toString('utf8') });
        });
      });
      outgoing.on('socket', (socket) => {
        // A kept connection is one already.
        if (!socket.connecting && outgoing.reusedSocket) isConnected = true;
        else {
          socket.once(tls ? 'secureConnect' : 'connect', () => {
            isConnected = true;
          });
        }
      });
      outgoing.on('error', (error) => fail(`${method} ${resource}: ${error.message}`));
      this.statistics.bytesOut += resource.length + (body?.length ?? 0);
      outgoing.end(body);
    }).finally(() => {
      timer?.cancel();
      this.#underWay.delete(controller);
    });
  }
}
