import { describe, expect, it } from 'vitest';
import { addressProblem } from './address-policy.ts';

const strict = { allowLoopback: false };
const development = { allowLoopback: true };

describe('addressProblem', () => {
  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '10.255.255.255',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '127.8.8.8',
    '169.254.169.254',
    '169.254.170.2',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.8',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.7',
    '203.0.113.9',
    '224.0.0.1',
    '239.1.1.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:8.8.8.8',
    '::ffff:169.254.169.254',
    '::ffff:7f00:1',
    '0:0:0:0:0:ffff:0a00:0001',
    '::7f00:1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::1',
    '100::1',
    '2001::1',
    '2001:10::1',
    '2001:db8::1',
    '2002:a9fe:a9fe::1',
    '3fff::1',
    '5f00::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    'example.com',
    '',
    '1.2.3',
    '0x7f.1',
  ])('refuses %s', (address) => {
    expect(addressProblem(address, strict)).toBeTypeOf('string');
  });

  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '100.63.255.255',
    '100.128.0.1',
    '172.15.0.1',
    '172.32.0.1',
    '169.253.1.1',
    '223.255.255.255',
    '2606:4700:4700::1111',
    '2a00:1450:4001::200e',
  ])('lets %s pass', (address) => {
    expect(addressProblem(address, strict)).toBeUndefined();
  });

  it('opens loopback and nothing else for development', () => {
    for (const address of ['127.0.0.1', '127.1.2.3', '::1'])
      expect(addressProblem(address, development)).toBeUndefined();
    for (const address of ['169.254.169.254', '::ffff:127.0.0.1', '10.0.0.1', '0.0.0.0', 'fe80::1', '::'])
      expect(addressProblem(address, development)).toBeTypeOf('string');
  });
});
