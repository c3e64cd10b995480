import { describe, expect, it } from 'vitest';
import { checkEndpointUrl } from './endpoint-url.ts';

const strict = { allowLoopback: false };
const development = { allowLoopback: true };

describe('checkEndpointUrl', () => {
  it.each([
    ['http://example.com/hook', 'https'],
    ['ftp://example.com', 'https'],
    ['file:///etc/passwd', 'https'],
    ['javascript:alert(1)', 'https'],
    ['gopher://example.com', 'https'],
    ['/hooks', 'absolute'],
    ['', 'absolute'],
    ['https://user:pass@example.com', 'password'],
    ['https://user@example.com', 'user name'],
    ['https://example.com/#x', 'fragment'],
    ['https://example.com:22/', 'Port 22'],
    ['https://example.com:6379/', 'Port 6379'],
    ['https://example.com:80/', 'Port 80'],
    ['https://127.0.0.1/', 'loopback'],
    ['https://2130706433/', 'loopback'],
    ['https://0177.0.0.1/', 'loopback'],
    ['https://0x7f000001/', 'loopback'],
    ['https://127.1/', 'loopback'],
    ['https://①②⑦.0.0.1/', 'loopback'],
    ['https://0xa9fea9fe/latest/meta-data', 'metadata'],
    ['https://169.254.169.254/latest/meta-data', 'metadata'],
    ['https://[::1]/', 'public IPv6'],
    ['https://[::ffff:169.254.169.254]/', 'inside an IPv6'],
    ['https://[fd00:ec2::254]/', 'public IPv6'],
    ['https://[64:ff9b::10.0.0.1]/', 'public IPv6'],
    ['https://localhost/', 'public name'],
    ['https://LOCALHOST./', 'public name'],
    ['https://api.localhost/', 'public name'],
    ['https://intranet/', 'public name'],
    ['https://metadata.google.internal/', 'public name'],
    ['https://printer.local/', 'public name'],
    [`https://example.com/${'a'.repeat(500)}`, '500'],
  ])('refuses %s', (text, reason) => {
    expect(checkEndpointUrl(text, strict)).toEqual({ problem: expect.stringContaining(reason) });
  });

  it.each([
    'https://example.com/hooks?key=1',
    'https://example.com:8443/',
    'https://8.8.8.8/',
    'https://بلدية.example/',
  ])('takes %s', (text) => {
    expect(checkEndpointUrl(text, strict)).toHaveProperty('url');
  });

  it('takes plain HTTP to any port of this machine, and only there, when development allows it', () => {
    for (const text of [
      'http://localhost:3000/x',
      'http://127.0.0.1:9',
      'http://[::1]:8080/',
      'https://localhost:8443/',
    ])
      expect(checkEndpointUrl(text, development)).toHaveProperty('url');
    for (const text of ['http://example.com/', 'http://169.254.169.254/', 'https://10.0.0.1/', 'http://0.0.0.0:80/'])
      expect(checkEndpointUrl(text, development)).toHaveProperty('problem');
  });
});
