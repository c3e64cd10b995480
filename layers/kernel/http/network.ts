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

function isInside(blocks: readonly string[], address: string): boolean {
  const list = new BlockList();
  for (const block of blocks) {
    const [network = '', bits] = block.split('/');
    const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(network, family);
    else list.addSubnet(network, Number(bits), family);
  }
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
