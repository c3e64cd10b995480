/**
 * The only way a webhook or a call to a provider leaves: an HTTP client that resolves names itself and connects to the very addresses it
 * checked, so that a name cannot point elsewhere between check and connection (DNS rebinding). It follows no
 * redirects, keeps connections, and bounds time, headers and body of every answer.
 */
import { promises as dns, type LookupAddress } from 'node:dns';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { type AddressPolicy, addressProblem, isLoopback } from './address-policy.ts';
import { checkEndpointUrl, hostOf } from './endpoint-url.ts';
import { answerHeaders, captureBody, readWhole } from './response-capture.ts';

export interface GuardedAnswer {
  status: number;
  /** Lower-case names; bounded in number and length. */
  headers: Record<string, string>;
  /** The first 4 KiB as text, or all of it where the request says how much that may be. */
  body: string;
}

export type RequestFailureReason =
  | 'blocked_address'
  | 'invalid_url'
  | 'dns_failure'
  | 'connection_failed'
  | 'tls_failure'
  | 'timeout'
  | 'invalid_response';

/** A request that got no usable answer; `reason` is part of the delivery log that partners read. */
export class RequestFailure extends Error {
  readonly reason: RequestFailureReason;
  /** Whether the receiver may have got the request, or some of it. */
  wasSent = false;

  constructor(reason: RequestFailureReason, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'RequestFailure';
    this.reason = reason;
  }
}

export type Resolve = (host: string) => Promise<LookupAddress[]>;

export interface GuardedClientOptions extends AddressPolicy {
  /** @default the system's resolver */
  resolve?: Resolve;
  /** Connections to one host and port at a time. @default 64 */
  maxSocketsPerHost?: number;
  /**
   * Whether connections are kept for the next request. A kept one may be closed just while it is written to, and the request
   * is then repeated: not for what must not happen twice.
   * @default true
   */
  keepsConnections?: boolean;
  /** @default the documented length of a webhook's column */
  maxUrlLength?: number;
  /** Certificate authorities to trust besides the public ones, for tests. @default none */
  ca?: string;
}

export interface GuardedRequest {
  url: string;
  headers: Record<string, string>;
  /** @default none */
  body?: string | Uint8Array;
  /** From the call to the last byte that is read. */
  timeoutMs: number;
  /** @default POST */
  method?: string;
  /** Reads the whole body, and fails when it is longer or breaks off. @default its beginning, whatever follows */
  maxBodyBytes?: number;
}

export interface GuardedClient {
  /** @throws RequestFailure */
  send(request: GuardedRequest): Promise<GuardedAnswer>;
  /** The same, for a webhook. @throws RequestFailure */
  post(request: GuardedRequest & { body: string }): Promise<GuardedAnswer>;
  close(): void;
}

export const systemResolve: Resolve = (host) => dns.lookup(host, { all: true });

const maxHeaderBytes = 16 * 1024;
/** Idle connections close before the common 5 s keep-alive of Node receivers, which avoids most stale ones. */
const idleMs = 4000;

export function createGuardedClient(options: GuardedClientOptions): GuardedClient {
  const { resolve = systemResolve, maxSocketsPerHost = 64, keepsConnections = true } = options;
  const lookup: LookupFunction = (host, lookupOptions, callback) => {
    checkedAddresses(host, resolve, options).then(
      (addresses) => {
        const family = lookupOptions.family === 'IPv4' ? 4 : lookupOptions.family === 'IPv6' ? 6 : lookupOptions.family;
        const usable = family ? addresses.filter((address) => address.family === family) : addresses;
        if (usable.length === 0) return callback(new RequestFailure('dns_failure', `${host} has no address.`), '');
        if (lookupOptions.all) callback(null, usable);
        else callback(null, usable[0]!.address, usable[0]!.family);
      },
      (error) => callback(error, ''),
    );
  };
  const agentOptions = {
    keepAlive: keepsConnections,
    maxSockets: maxSocketsPerHost,
    timeout: idleMs,
    scheduling: 'lifo' as const,
  };
  const agents = {
    'http:': new HttpAgent({ ...agentOptions, lookup }),
    'https:': new HttpsAgent({ ...agentOptions, lookup, ...(options.ca ? { ca: options.ca } : {}) }),
  };

  const attempt = (
    url: URL,
    { headers, body, timeoutMs, method = 'POST', maxBodyBytes }: GuardedRequest,
    deadlineMs: number,
  ): Promise<GuardedAnswer> =>
    new Promise((succeed, fail) => {
      let hasAnswered = false;
      let isConnected = false;
      const send = url.protocol === 'http:' ? httpRequest : httpsRequest;
      const outgoing = send(url, {
        method,
        agent: agents[url.protocol as keyof typeof agents],
        headers: body === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(body) },
        maxHeaderSize: maxHeaderBytes,
      });
      const timer = setTimeout(
        () => outgoing.destroy(new RequestFailure('timeout', `No answer within ${timeoutMs / 1000} seconds.`)),
        deadlineMs - performance.now(),
      );
      outgoing.on('socket', (socket) => {
        // The agent's own timeout is for idle connections; a request has its deadline.
        socket.setTimeout(0);
        const check = () => {
          const problem = addressProblem(socket.remoteAddress ?? '', options);
          if (problem) outgoing.destroy(blocked(hostOf(url), socket.remoteAddress ?? '?', problem));
          else if (url.protocol === 'http:') isConnected = true;
        };
        if (socket.connecting) {
          socket.once('connect', check);
          // Nothing of the request leaves before the handshake is done.
          socket.once('secureConnect', () => {
            isConnected = true;
          });
        } else isConnected = true;
      });
      outgoing.on('response', (incoming: IncomingMessage) => {
        hasAnswered = true;
        const reading = maxBodyBytes === undefined ? captureBody(incoming) : readWhole(incoming, maxBodyBytes);
        reading
          .then(
            (text) => succeed({ status: incoming.statusCode ?? 0, headers: answerHeaders(incoming), body: text }),
            (error: Error) => {
              outgoing.destroy();
              fail(sentFailure(new RequestFailure('invalid_response', error.message, error)));
            },
          )
          .finally(() => clearTimeout(timer));
      });
      outgoing.on('error', (error) => {
        // Once the status is there it is the answer; what breaks afterwards only shortens the captured body.
        if (hasAnswered) return;
        clearTimeout(timer);
        fail(Object.assign(error, { wasReused: outgoing.reusedSocket, wasSent: isConnected }));
      });
      outgoing.end(body);
    });

  const send = async (request: GuardedRequest): Promise<GuardedAnswer> => {
    const checked = checkEndpointUrl(request.url, options, options.maxUrlLength);
    if ('problem' in checked) throw new RequestFailure('invalid_url', checked.problem);
    const deadlineMs = performance.now() + request.timeoutMs;
    try {
      try {
        return await attempt(checked.url, request, deadlineMs);
      } catch (error) {
        // The receiver closed an idle connection while we wrote to it (RFC 9112, section 9.3.1): once more on a fresh one.
        if (!isStaleConnection(error)) throw error;
        return await attempt(checked.url, request, deadlineMs);
      }
    } catch (error) {
      throw toFailure(error);
    }
  };
  return {
    send,
    post: send,
    close() {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}

/** Every address of the name is checked, not only the one that will be used: a mixed answer is an attack. */
export async function checkedAddresses(
  host: string,
  resolve: Resolve,
  policy: AddressPolicy,
): Promise<LookupAddress[]> {
  let addresses: LookupAddress[];
  try {
    addresses = await resolve(host);
  } catch (cause) {
    throw new RequestFailure('dns_failure', `The name ${host} could not be resolved.`, cause);
  }
  // Loopback is open to names of this machine only, or plain text and any port could be reached by a public name.
  const isLocalName = host === 'localhost' || host.endsWith('.localhost');
  for (const { address } of addresses) {
    const problem = addressProblem(address, { ...policy, allowLoopback: policy.allowLoopback && isLocalName });
    if (problem) throw blocked(host, address, problem);
    if (isLocalName && !isLoopback(address)) throw blocked(host, address, 'a local name with a public address');
  }
  return addresses.map(({ address }) => ({ address, family: isIP(address) }));
}

const blocked = (host: string, address: string, problem: string): RequestFailure =>
  new RequestFailure('blocked_address', `${host} leads to ${address}, which cannot be a receiver: ${problem}.`);

function isStaleConnection(error: unknown): boolean {
  const { code, wasReused } = error as { code?: string; wasReused?: boolean };
  return wasReused === true && (code === 'ECONNRESET' || code === 'EPIPE');
}

function sentFailure(failure: RequestFailure): RequestFailure {
  failure.wasSent = true;
  return failure;
}

function toFailure(error: unknown): RequestFailure {
  const failure = describeFailure(error);
  failure.wasSent ||= (error as { wasSent?: boolean }).wasSent === true;
  return failure;
}

function describeFailure(error: unknown): RequestFailure {
  if (error instanceof RequestFailure) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code.startsWith('HPE_')) return new RequestFailure('invalid_response', `Not an HTTP answer: ${code}.`, error);
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code))
    return new RequestFailure('tls_failure', `The TLS connection failed: ${code}.`, error);
  return new RequestFailure('connection_failed', `The connection failed: ${code || message}.`, error);
}
