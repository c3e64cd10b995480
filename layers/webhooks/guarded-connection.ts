/** A plain TCP connection out, for protocols that are not HTTP (SMTP, MQTT): guarded against private addresses as requests are. */
import { createConnection, isIP, type Socket } from 'node:net';
import { type AddressPolicy, addressProblem } from './address-policy.ts';
import { checkedAddresses, RequestFailure, type Resolve, systemResolve } from './guarded-request.ts';

/** Mail submission (RFC 6409, RFC 8314) and MQTT; other ports belong to protocols nothing here speaks. */
const allowedTcpPorts: readonly number[] = [25, 465, 587, 2525, 1883, 8883];

export interface GuardedConnectOptions extends AddressPolicy {
  /** @default the system's resolver */
  resolve?: Resolve;
  timeoutMs: number;
}

/** @throws RequestFailure; nothing was sent then */
export async function connectGuarded(
  { host, port }: { host: string; port: number },
  { resolve = systemResolve, timeoutMs, ...policy }: GuardedConnectOptions,
): Promise<Socket> {
  const family = isIP(host);
  const problem = family === 0 ? undefined : addressProblem(host, policy);
  if (problem !== undefined) throw new RequestFailure('blocked_address', `${host} cannot be reached: ${problem}.`);
  const addresses = family === 0 ? await checkedAddresses(host, resolve, policy) : [{ address: host, family }];
  // Development servers listen where they can.
  const isLocal = policy.allowLoopback && (host === 'localhost' || host.startsWith('127.'));
  if (!isLocal && !allowedTcpPorts.includes(port))
    throw new RequestFailure('invalid_url', `Port ${port} is not allowed; use one of ${allowedTcpPorts.join(', ')}.`);
  const [first] = addresses;
  if (first === undefined) throw new RequestFailure('dns_failure', `${host} has no address.`);
  return new Promise((succeed, fail) => {
    const socket = createConnection({ host: first.address, port, family: first.family });
    const timer = setTimeout(() => socket.destroy(new RequestFailure('timeout', 'No connection in time.')), timeoutMs);
    socket.once('error', (error) => {
      clearTimeout(timer);
      fail(
        error instanceof RequestFailure
          ? error
          : new RequestFailure('connection_failed', `The connection failed: ${error.message}.`, error),
      );
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      succeed(socket);
    });
  });
}
