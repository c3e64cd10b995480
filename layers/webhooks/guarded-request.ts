/**
 * The only way a webhook leaves: an HTTP client that resolves names itself and connects to the very addresses it
 * checked, so that a name cannot point elsewhere between check and connection (DNS rebinding). It follows no
 * redirects, keeps connections, and bounds time, headers and body of every answer.
 */
import { promises as dns, type LookupAddress } from 'node:dns';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { type AddressPolicy, addressProblem, isLoopback } from './address-policy.ts';
import { checkEndpointUrl, hostOf } from './endpoint-url.ts';
import { answerHeaders, captureBody } from './response-capture.ts';

export interface GuardedAnswer {
  status: number;
  /** Lower-case names; bounded in number and length. */
  headers: Record<string, string>;
  /** The first 4 KiB as text. */
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
  /** Certificate authorities to trust besides the public ones, for tests. @default none */
  ca?: string;
}

export interface GuardedRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
  /** From the call to the last byte that is read. */
  timeoutMs: number;
}

export interface GuardedClient {
  /** @throws RequestFailure */
  post(request: GuardedRequest): Promise<GuardedAnswer>;
  close(): void;
}

const maxHeaderBytes = 16 * 1024;
/** Idle connections close before the common 5 s keep-alive of Node receivers, which avoids most stale ones. */
const idleMs = 4000;

export function createGuardedClient(options: GuardedClientOptions): GuardedClient {
  const { resolve = (host) => dns.lookup(host, { all: true }), maxSocketsPerHost = 64 } = options;
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
  const agentOptions = { keepAlive: true, maxSockets: maxSocketsPerHost, timeout: idleMs, scheduling: 'lifo' as const };
  const agents = {
    'http:': new HttpAgent({ ...agentOptions, lookup }),
    'https:': new HttpsAgent({ ...agentOptions, lookup, ...(options.ca ? { ca: options.ca } : {}) }),
  };

  const attempt = (
    url: URL,
    { headers, body, timeoutMs }: GuardedRequest,
    deadlineMs: number,
  ): Promise<GuardedAnswer> =>
    new Promise((succeed, fail) => {
      let hasAnswered = false;
      const send = url.protocol === 'http:' ? httpRequest : httpsRequest;
      const outgoing = send(url, {
        method: 'POST',
        agent: agents[url.protocol as keyof typeof agents],
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
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
        };
        if (socket.connecting) socket.once('connect', check);
      });
      outgoing.on('response', (incoming: IncomingMessage) => {
        hasAnswered = true;
        captureBody(incoming).then((text) => {
          clearTimeout(timer);
          succeed({ status: incoming.statusCode ?? 0, headers: answerHeaders(incoming), body: text });
        }, fail);
      });
      outgoing.on('error', (error) => {
        // Once the status is there it is the answer; what breaks afterwards only shortens the captured body.
        if (hasAnswered) return;
        clearTimeout(timer);
        fail(Object.assign(error, { wasReused: outgoing.reusedSocket }));
      });
      outgoing.end(body);
    });

  return {
    async post(request) {
      const checked = checkEndpointUrl(request.url, options);
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
    },
    close() {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}

/** Every address of the name is checked, not only the one that will be used: a mixed answer is an attack. */
async function checkedAddresses(host: string, resolve: Resolve, policy: AddressPolicy): Promise<LookupAddress[]> {
  let addresses: LookupAddress[];
  try {
    addresses = await resolve(host);
  } catch (cause) {
    throw new RequestFailure('dns_failure', `The name ${host} could not be resolved.`, cause);
  }
  // Loopback is open to names of this machine only, or plain text and any port could be reached by a public name.
  const isLocalName = host === 'localhost' || host.endsWith('.localhost');
  for (const { address } of addresses) {
    const problem = addressProblem(address, { allowLoopback: policy.allowLoopback && isLocalName });
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

function toFailure(error: unknown): RequestFailure {
  if (error instanceof RequestFailure) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code.startsWith('HPE_')) return new RequestFailure('invalid_response', `Not an HTTP answer: ${code}.`, error);
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code))
    return new RequestFailure('tls_failure', `The TLS connection failed: ${code}.`, error);
  return new RequestFailure('connection_failed', `The connection failed: ${code || message}.`, error);
}
