import { describe, expect, it } from 'vitest';
import { privateNetworkProblem } from '../kernel/http/private-networks.ts';
import { addressProblem } from './address-policy.ts';
import { checkEndpointUrl } from './endpoint-url.ts';
import { connectGuarded } from './guarded-connection.ts';
import { createGuardedClient } from './guarded-request.ts';

describe('a network', () => {
  it.each(['10.0.0.0/8', '192.168.10.0/24', '172.20.0.5/32', '100.64.0.0/10', 'fd12:3456::/32'])(
    'like %s can be opened',
    (cidr) => expect(privateNetworkProblem(cidr)).toBeUndefined(),
  );

  it.each([
    '0.0.0.0/0',
    '10.0.0.0/7',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '169.254.169.254/32',
    '8.8.8.8/32',
    '192.0.2.0/24',
    '::/0',
    '::1/128',
    'fe80::/10',
    '::ffff:10.0.0.0/104',
    '64:ff9b::/96',
    '10.0.0.0',
    '10.0.0.0/33',
    'example.com/8',
    '',
  ])('like "%s" cannot', (cidr) => {
    expect(privateNetworkProblem(cidr)).toBeTypeOf('string');
    // Even if it got past the configuration it opens nothing.
    for (const address of ['127.0.0.1', '169.254.169.254', '::1', 'fe80::1', 'fd00:ec2::254', '::ffff:10.0.0.1'])
      expect(addressProblem(address, { allowLoopback: false, openNetworks: [cidr] }), address).toBeTypeOf('string');
  });
});

const policy = { allowLoopback: false, openNetworks: ['192.168.10.0/24', 'fc00::/7'] };

describe('an opened network', () => {
  it('is reached, and no address beside it', () => {
    for (const address of ['192.168.10.1', 'fd12::1']) expect(addressProblem(address, policy), address).toBeUndefined();
    for (const address of ['192.168.11.1', '10.0.0.1', '127.0.0.1', '169.254.169.254', '::ffff:192.168.10.1'])
      expect(addressProblem(address, policy), address).toBeTypeOf('string');
  });

  it.each(['fd00:ec2::254', 'fd00:ec2::253', 'fd00:0ec2:0:0:0:0:0:23'])(
    'does not open %s of AWS inside it',
    (address) => expect(addressProblem(address, policy)).toBeTypeOf('string'),
  );

  it.each([
    ['http://192.168.10.5/api', true],
    ['http://192.168.10.5:8080/api', true],
    ['https://192.168.10.5:8443/api', true],
    ['http://192.168.10.5:6379/', false],
    ['http://192.168.11.5/', false],
    ['http://acrel.example.com/', false],
    ['http://0xc0a80a05/', true],
    ['http://127.0.0.1/', false],
    ['http://[fd00:ec2::254]/', false],
  ])('takes %s: %s', (url, isGood) => {
    expect('url' in checkEndpointUrl(url, policy)).toBe(isGood);
  });

  it('is reached by a name that leads there; one that leads beside it is refused', async () => {
    const tryAt = (address: string) => {
      const client = createGuardedClient({ ...policy, resolve: async () => [{ address, family: 4 }] });
      return client
        .send({ url: 'https://acrel.example.com/', headers: {}, timeoutMs: 20 })
        .finally(() => client.close())
        .catch(({ reason }) => reason);
    };
    expect(await tryAt('192.168.10.5')).not.toBe('blocked_address');
    for (const address of ['192.168.11.5', '169.254.169.254', '127.0.0.1'])
      expect(await tryAt(address), address).toBe('blocked_address');
  });

  it('is closed to everything where the setting is not given', async () => {
    const target = { host: '192.168.10.5', port: 1883 };
    await expect(connectGuarded(target, { allowLoopback: false, timeoutMs: 20 })).rejects.toMatchObject({
      reason: 'blocked_address',
    });
  });
});
