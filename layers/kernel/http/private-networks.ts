/**
 * Networks of the utility's own that an installation may open to calls of providers, such as an Acrel platform on the
 * premises. Only ranges that are private by their registry can be opened (RFC 1918, RFC 6598, RFC 4193); loopback,
 * link-local addresses and AWS's own services beside a function stay closed whatever is written here.
 */
import { BlockList, isIP } from 'node:net';

const openable: readonly [network: string, bits: number, family: 'ipv4' | 'ipv6'][] = [
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['fc00::', 7, 'ipv6'],
];

/** Metadata, name and time services of EC2: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html */
const awsServices = listOf([['fd00:ec2::', 32, 'ipv6']]);
const mapped = /^::ffff:/i;

/** Why a network cannot be opened, or undefined when it can. @param cidr e.g. `192.168.10.0/24` */
export function privateNetworkProblem(cidr: string): string | undefined {
  const network = parse(cidr);
  if (network === undefined) return `"${cidr}" is not a network such as "192.168.10.0/24".`;
  const [address, bits, family] = network;
  const isInside = openable.some(
    (range) => range[2] === family && bits >= range[1] && listOf([range]).check(address, family),
  );
  return isInside ? undefined : `${cidr} is not inside a private range (RFC 1918, RFC 6598, RFC 4193).`;
}

const lists = new WeakMap<readonly string[], BlockList>();

/** Whether an address is in one of the opened networks. A network that cannot be opened opens nothing. */
export function isOpened(address: string, networks: readonly string[] | undefined): boolean {
  const version = isIP(address);
  if (networks === undefined || networks.length === 0 || version === 0 || mapped.test(address)) return false;
  let list = lists.get(networks);
  if (list === undefined) {
    const usable = networks.filter((cidr) => privateNetworkProblem(cidr) === undefined);
    list = listOf(usable.map((cidr) => parse(cidr)!));
    lists.set(networks, list);
  }
  const family = version === 4 ? 'ipv4' : 'ipv6';
  return !awsServices.check(address, family) && list.check(address, family);
}

function parse(cidr: string): [network: string, bits: number, family: 'ipv4' | 'ipv6'] | undefined {
  const [, address = '', bits = ''] = /^([0-9A-Fa-f.:]+)\/(\d{1,3})$/.exec(cidr) ?? [];
  const version = isIP(address);
  if (version === 0 || mapped.test(address) || Number(bits) > (version === 4 ? 32 : 128)) return undefined;
  return [address, Number(bits), version === 4 ? 'ipv4' : 'ipv6'];
}

function listOf(networks: readonly [network: string, bits: number, family: 'ipv4' | 'ipv6'][]): BlockList {
  const list = new BlockList();
  for (const [network, bits, family] of networks) list.addSubnet(network, bits, family);
  return list;
}
