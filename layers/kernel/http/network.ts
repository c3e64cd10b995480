/** Checks where a credential is used from: the caches in front of a function do not know addresses. */
import { BlockList, isIP } from 'node:net';
import type { Principal } from '../auth/principal.ts';
import { AppError } from '../errors/app-error.ts';

/** @throws AppError `forbidden` when the credential is bound to other addresses or origins */
export function checkNetwork(principal: Principal, clientIp: string, origin: string | undefined): void {
  if (principal.allowedIps.length > 0 && !isInside(principal.allowedIps, clientIp)) {
    throw new AppError('forbidden', 'This credential may not be used from this address.');
  }
  if (principal.allowedOrigins.length > 0 && origin !== undefined && !principal.allowedOrigins.includes(origin)) {
    throw new AppError('forbidden', 'This credential may not be used from this origin.');
  }
}

/** Whether an address is one of the given ones or in one of the given networks (CIDR). */
export function isInside(blocks: readonly string[], address: string): boolean {
  const list = new BlockList();
  for (const block of blocks) {
    const [network = '', bits] = block.split('/');
    const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(network, family);
    else list.addSubnet(network, Number(bits), family);
  }
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/**
 * What anonymous requests are counted by: the address, or for IPv6 its /64, since whoever has one address of a
 * network has all of them (RFC 6177).
 */
export function clientNetwork(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.toLowerCase().split('%')[0]!.split('::');
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === undefined || tail === '' ? [] : tail.split(':');
  const isMapped = rest.at(-1)?.includes('.');
  if (isMapped) return rest.at(-1)!;
  const zeros = tail === undefined ? 0 : 8 - groups.length - rest.length;
  const all = [...groups, ...Array.from({ length: zeros }, () => '0'), ...rest];
  return `${all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
