/**
 * Which IP addresses a webhook may be sent to. Tenants choose the addresses, so nothing inside our own network, the
 * host, its metadata service or any special-purpose range may be reached (server-side request forgery).
 * Ranges: IANA special-purpose address registries for IPv4 and IPv6 (RFC 6890 and its updates).
 */
import { BlockList, isIP } from 'node:net';
import { isOpened } from '../kernel/http/private-networks.ts';

export interface AddressPolicy {
  /** Opens 127.0.0.0/8 and ::1 for receivers under development, and nothing else. */
  allowLoopback: boolean;
  /** Private networks in CIDR form that may be reached all the same. @default none */
  openNetworks?: readonly string[];
}

const refusedIpv4: readonly [network: string, bits: number, reason: string][] = [
  ['0.0.0.0', 8, 'this network'],
  ['10.0.0.0', 8, 'private network'],
  ['100.64.0.0', 10, 'carrier-grade NAT'],
  ['127.0.0.0', 8, 'loopback'],
  ['169.254.0.0', 16, 'link-local and instance metadata'],
  ['172.16.0.0', 12, 'private network'],
  ['192.0.0.0', 24, 'protocol assignments'],
  ['192.0.2.0', 24, 'documentation'],
  ['192.31.196.0', 24, 'AS112'],
  ['192.52.193.0', 24, 'AMT'],
  ['192.88.99.0', 24, '6to4 relay'],
  ['192.168.0.0', 16, 'private network'],
  ['192.175.48.0', 24, 'AS112'],
  ['198.18.0.0', 15, 'benchmarking'],
  ['198.51.100.0', 24, 'documentation'],
  ['203.0.113.0', 24, 'documentation'],
  ['224.0.0.0', 4, 'multicast'],
  ['240.0.0.0', 4, 'reserved and broadcast'],
];

/** Everything outside global unicast is refused: loopback, mapped and translated IPv4, unique local, link-local, multicast. */
const globalUnicast = subnet('2000::', 3, 'ipv6');

const refusedIpv6: readonly [network: string, bits: number, reason: string][] = [
  ['2001::', 23, 'protocol assignments, with Teredo and ORCHID'],
  ['2001:db8::', 32, 'documentation'],
  ['2002::', 16, '6to4'],
  ['2620:4f:8000::', 48, 'AS112'],
  ['3fff::', 20, 'documentation'],
  ['3ffe::', 16, '6bone'],
];

const ipv4Rules = refusedIpv4.map(([network, bits, reason]) => ({ list: subnet(network, bits, 'ipv4'), reason }));
const ipv6Rules = refusedIpv6.map(([network, bits, reason]) => ({ list: subnet(network, bits, 'ipv6'), reason }));
const loopback = subnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

export function isLoopback(address: string): boolean {
  return isIP(address) !== 0 && loopback.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4') && !isMapped(address);
}

/** Why an address is refused, or undefined when it may be reached. */
export function addressProblem(address: string, policy: AddressPolicy): string | undefined {
  const version = isIP(address);
  if (version === 0) return 'not an IP address';
  if (address.includes('%')) return 'an address with a zone';
  if (policy.allowLoopback && isLoopback(address)) return undefined;
  if (isOpened(address, policy.openNetworks)) return undefined;
  if (version === 4) return ipv4Rules.find(({ list }) => list.check(address, 'ipv4'))?.reason;
  if (isMapped(address)) return 'an IPv4 address inside an IPv6 one';
  if (!globalUnicast.check(address, 'ipv6')) return 'not a public IPv6 address';
  return ipv6Rules.find(({ list }) => list.check(address, 'ipv6'))?.reason;
}

/** `::ffff:0:0/96`: Node's BlockList compares such addresses with IPv4 rules, so they are told apart first. */
function isMapped(address: string): boolean {
  if (isIP(address) !== 6) return false;
  return new URL(`http://[${address.split('%')[0]}]/`).hostname.startsWith('[::ffff:');
}

function subnet(network: string, bits: number, family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  list.addSubnet(network, bits, family);
  return list;
}
