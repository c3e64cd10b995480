/** What a partner may give as the address of an endpoint, checked when it is given and again before every request. */
import { isIP } from 'node:net';
import { isOpened } from '../kernel/http/private-networks.ts';
import { type AddressPolicy, addressProblem, isLoopback } from './address-policy.ts';

/** HTTPS and its customary alternatives; other ports belong to other protocols, which a POST must not be aimed at. */
const allowedPorts: readonly number[] = [443, 8443, 9443, 10443];

/** On networks of the utility's own plain HTTP is common, since nobody certifies private addresses. */
const privatePorts: readonly number[] = [80, 8080, ...allowedPorts];

/** The documented length of the column. */
const urlMaxLength = 500;

/** Names that resolve inside a network only (RFC 6761, RFC 6762, RFC 8375, RFC 9476). */
const privateSuffixes = [
  '.localhost',
  '.local',
  '.internal',
  '.home.arpa',
  '.lan',
  '.alt',
  '.onion',
  '.test',
  '.invalid',
];

export type CheckedUrl = { url: URL } | { problem: string };

/** Parses by the WHATWG URL standard, which turns every notation of an IPv4 address (decimal, octal, hex) into the usual one. */
export function checkEndpointUrl(text: string, policy: AddressPolicy, maxLength = urlMaxLength): CheckedUrl {
  if (text.length > maxLength) return { problem: `The URL has more than ${maxLength} characters.` };
  if (!URL.canParse(text)) return { problem: 'Not an absolute URL such as "https://example.com/hooks".' };
  const url = new URL(text);
  const host = hostOf(url);
  const isDevelopment = policy.allowLoopback && isLoopbackHost(host);
  const isPrivate = isOpened(host, policy.openNetworks);
  if (url.protocol !== 'https:' && !((isDevelopment || isPrivate) && url.protocol === 'http:'))
    return { problem: 'The URL must begin with "https://".' };
  if (url.username !== '' || url.password !== '')
    return { problem: 'The URL must not hold a user name or password; send them in a header of the endpoint.' };
  if (url.hash !== '') return { problem: 'The URL must not have a fragment ("#…"): it is never sent.' };
  const port = portOf(url);
  const ports = isPrivate ? privatePorts : allowedPorts;
  if (!isDevelopment && !ports.includes(port))
    return { problem: `Port ${port} is not allowed; use one of ${ports.join(', ')}.` };
  const problem = isDevelopment ? undefined : hostProblem(host, policy);
  return problem === undefined ? { url } : { problem };
}

/** The host without the brackets of IPv6 literals and without a final dot. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'http:' ? 80 : 443) : Number(url.port);
}

function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || isLoopback(host);
}

function hostProblem(host: string, policy: AddressPolicy): string | undefined {
  if (isIP(host) !== 0) {
    const reason = addressProblem(host, policy);
    return reason && `The address ${host} cannot be a receiver: ${reason}.`;
  }
  const isPrivate = !host.includes('.') || privateSuffixes.some((suffix) => `.${host}`.endsWith(suffix));
  return isPrivate ? `The host "${host}" is not a public name.` : undefined;
}
