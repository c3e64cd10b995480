import { createPublicKey, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { createSigner, generateSecret, signMessage, verificationKey } from './signing.ts';

const body = '{"type":"invoice.paid","data":{"name":"مشترك"}}';

describe('signing', () => {
  it('is verified by the public Standard Webhooks library', () => {
    const secret = generateSecret('hmac');
    const headers = signMessage([createSigner(secret)], 'evt_1', Date.now(), body);
    expect(new Webhook(secret).verify(body, { ...headers })).toEqual(JSON.parse(body));
  });

  it('is refused by the library when the body, the id or the secret is another', () => {
    const secret = generateSecret('hmac');
    const headers = { ...signMessage([createSigner(secret)], 'evt_1', Date.now(), body) };
    expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow('No matching signature');
    expect(() => new Webhook(secret).verify(body, { ...headers, 'webhook-id': 'evt_2' })).toThrow();
    expect(() => new Webhook(generateSecret('hmac')).verify(body, headers)).toThrow();
  });

  it('carries one signature for each valid secret during a rotation', () => {
    const [old, current] = [generateSecret('hmac'), generateSecret('hmac')];
    const headers = { ...signMessage([createSigner(current), createSigner(old)], 'evt_1', Date.now(), body) };
    expect(headers['webhook-signature'].split(' ')).toHaveLength(2);
    for (const secret of [old, current]) expect(() => new Webhook(secret).verify(body, headers)).not.toThrow();
  });

  it('signs with Ed25519 so that the published key verifies', () => {
    const secret = generateSecret('ed25519');
    const publicKey = verificationKey(secret);
    expect(publicKey).toMatch(/^whpk_/);
    const headers = signMessage([createSigner(secret)], 'evt_1', 1_700_000_000_999, body);
    const [version, signature] = headers['webhook-signature'].split(',');
    const key = createPublicKey({
      key: {
        kty: 'OKP',
        crv: 'Ed25519',
        x: Buffer.from(publicKey.slice(5), 'base64').toString('base64url'),
      },
      format: 'jwk',
    });
    expect(version).toBe('v1a');
    expect(headers['webhook-timestamp']).toBe('1700000000');
    expect(verify(null, Buffer.from(`evt_1.1700000000.${body}`), key, Buffer.from(signature!, 'base64'))).toBe(true);
  });

  it('refuses secrets of the wrong form or length', () => {
    expect(() => createSigner('secret')).toThrow('whsec_');
    expect(() => createSigner(`whsec_${Buffer.alloc(23).toString('base64')}`)).toThrow('24 to 64 bytes');
    expect(() => createSigner(`whsk_${Buffer.alloc(64).toString('base64')}`)).toThrow('32 to 32');
  });
});
