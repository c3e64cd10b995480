import { describe, expect, it } from 'vitest';
import type { Principal } from '../auth/principal.ts';
import { checkNetwork, clientNetwork } from './network.ts';

const bound = (given: Partial<Principal>): Principal => ({
  tenantId: 't',
  subject: 's',
  kind: 'api_key',
  name: 'n',
  permissions: [],
  limits: { perMinute: 1, perDay: 1 },
  workspaces: [],
  allowedIps: [],
  allowedOrigins: [],
  ...given,
});

describe('a credential bound to addresses', () => {
  const principal = bound({ allowedIps: ['192.0.2.0/25', '198.51.100.7', '2001:db8:1::/48', '2001:db8:2::5'] });

  it.each(['192.0.2.1', '192.0.2.127', '198.51.100.7', '2001:db8:1:ffff::1', '2001:DB8:2:0::5', '::ffff:192.0.2.1'])(
    'works from %s',
    (address) => {
      expect(() => checkNetwork(principal, address, undefined)).not.toThrow();
    },
  );

  it.each(['192.0.2.128', '198.51.100.8', '2001:db8:3::1', '2001:db8:2::6', '', 'nonsense', '192.0.2.1, 1.1.1.1'])(
    'does not work from %j',
    (address) => {
      expect(() => checkNetwork(principal, address, undefined)).toThrow(expect.objectContaining({ code: 'forbidden' }));
    },
  );
});

describe('a credential bound to origins', () => {
  const principal = bound({ allowedOrigins: ['https://console.example'] });

  it('works from pages of them, and outside of browsers', () => {
    expect(() => checkNetwork(principal, '192.0.2.1', 'https://console.example')).not.toThrow();
    expect(() => checkNetwork(principal, '192.0.2.1', undefined)).not.toThrow();
  });

  it.each(['https://console.example.evil', 'http://console.example', 'https://console.example:444', 'null'])(
    'does not work from %s',
    (origin) => {
      expect(() => checkNetwork(principal, '192.0.2.1', origin)).toThrow(
        expect.objectContaining({ code: 'forbidden' }),
      );
    },
  );
});

describe('the network anonymous requests are counted by', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8:0:7::1', '2001:db8:0:7::/64'],
    ['2001:DB8:0:7:ffff:1:2:3', '2001:db8:0:7::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['1::', '1:0:0:0::/64'],
    ['', ''],
  ])('of %s is %s', (address, network) => {
    expect(clientNetwork(address)).toBe(network);
  });
});
