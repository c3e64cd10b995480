import { createHmac, createPublicKey, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { CompactEncrypt, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { principalFromContext } from '../../../layers/kernel/auth/principal.ts';
import { handler as auth } from '../auth/handler.ts';
import { handler as authorize } from '../authorizers/authorize-request.ts';
import { handler as jwks } from '../jwks/handler.ts';
import { password, principal, useIdentityStack } from '../test-support/identity-stack.ts';
import { issueAccessToken } from './access-token.ts';
import { derToJose, loadVerificationKey, signEs256 } from './signing-key.ts';

const stack = useIdentityStack();
let owner: { tenantId: string; userId: string; email: string };
let publicKey: KeyObject;
let kid: string;
beforeAll(async () => {
  owner = await stack.addTenant('token-a');
  ({ key: publicKey, kid } = await loadVerificationKey());
});

/** What the HTTP API's authorizer makes of an `Authorization` header. */
async function caller(authorization: string) {
  const answer = (await authorize({ version: '2.0', type: 'REQUEST', headers: { authorization } })) as {
    context: Record<string, unknown>;
  };
  return principalFromContext(answer.context);
}
const encode = (value: object | string): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const seconds = (): number => Math.floor(Date.now() / 1000);
const header = (given: object = {}): object => ({ alg: 'ES256', typ: 'at+jwt', kid, ...given });
const claims = (given: object = {}): object => ({
  iss: 'mizan',
  aud: 'mizan-api',
  sub: owner.userId,
  tid: owner.tenantId,
  name: owner.email,
  roles: ['OWNER'],
  sid: 'rtf_1',
  iat: seconds(),
  exp: seconds() + 900,
  ...given,
});
/** Signed with the product's own key, whatever it says. */
async function genuine(head: object, payload: object): Promise<string> {
  const text = `${encode(head)}.${encode(payload)}`;
  return `${text}.${(await signEs256(text)).toString('base64url')}`;
}

describe('an access token', () => {
  it('says who, which tenant and what is allowed', async () => {
    const { body } = await stack.call(auth, 'POST', '/api/v1/auth/login', { body: { email: owner.email, password } });
    expect(await caller(`Bearer ${body.accessToken}`)).toMatchObject({
      tenantId: 'token-a',
      subject: owner.userId,
      kind: 'user',
      name: owner.email,
      permissions: expect.arrayContaining(['identity:*', 'metering:*']),
    });
  });

  it('can be verified by partners with the published keys', async () => {
    const { body } = await stack.call(jwks, 'GET', '/.well-known/jwks.json');
    expect(body.keys).toHaveLength(2);
    expect(body.keys[0]).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig', kid });
    expect(body.keys[0].d).toBeUndefined();
    expect(createPublicKey({ key: body.keys[0], format: 'jwk' }).equals(publicKey)).toBe(true);
  });

  it('is made of what the tests below change', async () => {
    expect(await caller(await genuine(header(), claims()))).toMatchObject({ tenantId: 'token-a' });
  });

  const attacks: Record<string, () => Promise<string> | string> = {
    'alg none': () => `${encode(header({ alg: 'none' }))}.${encode(claims())}.`,
    'alg none with a signature': () => genuine(header({ alg: 'none' }), claims()),
    'HS256 with the public key as secret (PEM)': () =>
      hs256(publicKey.export({ type: 'spki', format: 'pem' }) as string),
    'HS256 with the public key as secret (DER)': () => hs256(publicKey.export({ type: 'spki', format: 'der' })),
    'another kid': () => genuine(header({ kid: 'other' }), claims()),
    'no kid': () => genuine(header({ kid: undefined }), claims()),
    'another audience': () => genuine(header(), claims({ aud: 'somebody-else' })),
    'no audience': () => genuine(header(), claims({ aud: undefined })),
    'another issuer': () => genuine(header(), claims({ iss: 'evil' })),
    'another type of token': () => genuine(header({ typ: 'JWT' }), claims()),
    'an extension nobody knows': () => genuine(header({ crit: ['x'], x: 1 }), claims()),
    expired: () => genuine(header(), claims({ exp: seconds() - 1 })),
    'without an end': () => genuine(header(), claims({ exp: undefined })),
    'not valid yet': () => genuine(header(), claims({ nbf: seconds() + 600 })),
    'without a tenant': () => genuine(header(), claims({ tid: undefined })),
    'without roles': () => genuine(header(), claims({ roles: undefined })),
    'a payload that was changed': async () => {
      const [head, , signature] = (await genuine(header(), claims())).split('.');
      return `${head}.${encode(claims({ tid: 'token-b' }))}.${signature}`;
    },
    'a signature that was changed': async () => {
      const token = await genuine(header(), claims());
      return token.slice(0, -4) + (token.endsWith('AAAA') ? 'BBBB' : 'AAAA');
    },
    'a signature of zeros (CVE-2022-21449)': () =>
      `${encode(header())}.${encode(claims())}.${Buffer.alloc(64).toString('base64url')}`,
    'a signature in DER': () => {
      const text = `${encode(header())}.${encode(claims())}`;
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return `${text}.${createSign('sha256').update(text).sign(privateKey).toString('base64url')}`;
    },
    'a key of the attacker': () => foreign({ kid }),
    'a key of the attacker in the header': () => {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const jwk = pair.publicKey.export({ format: 'jwk' });
      return new SignJWT({ ...claims() } as never)
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, jwk })
        .sign(pair.privateKey);
    },
    'a key of the attacker at an address': () => foreign({ kid, jku: 'https://evil.example/jwks.json' }),
    'an encrypted token': () =>
      new CompactEncrypt(Buffer.from(JSON.stringify(claims())))
        .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid, typ: 'at+jwt' })
        .encrypt(publicKey),
    'a token of 1 MB': () => `${encode(header())}.${encode('x'.repeat(1024 * 1024))}.${encode('x'.repeat(64))}`,
    'a token of two million dots': () => '.'.repeat(2_000_000),
    'only a prefix': () => encode(header()),
    nothing: () => '',
    'JSON instead': () => JSON.stringify(claims()),
  };
  async function foreign(head: object): Promise<string> {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return new SignJWT({ ...claims() } as never)
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...head })
      .sign(privateKey);
  }
  function hs256(secret: string | Buffer): string {
    const text = `${encode(header({ alg: 'HS256' }))}.${encode(claims())}`;
    return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
  }

  it.each(Object.keys(attacks))('is refused: %s', async (name) => {
    expect(await caller(`Bearer ${await attacks[name]!()}`)).toBeUndefined();
  });

  it('says who, and the person’s row says what is allowed: roles in a token give nothing', async () => {
    const employee = await stack.addTenant('token-b', ['EMPLOYEE']);
    const token = await genuine(header(), claims({ sub: employee.userId, tid: 'token-b', roles: ['OWNER'] }));
    expect((await caller(token))?.permissions).not.toContain('identity:*');
  });

  it('of nobody, or of somebody in another tenant, is nobody’s', async () => {
    expect(await caller(await genuine(header(), claims({ sub: 'usr_nobody' })))).toBeUndefined();
    expect(await caller(await genuine(header(), claims({ tid: 'token-b' })))).toBeUndefined();
  });

  it('ends after fifteen minutes', async () => {
    const issued = await issueAccessToken(
      { userId: owner.userId, tenantId: 'token-a', name: 'n', roles: [], sessionId: 's' },
      Date.now(),
    );
    stack.advance(899_000);
    expect(await caller(issued)).toBeDefined();
    stack.advance(2_000);
    expect(await caller(issued)).toBeUndefined();
  });

  it('is not taken from the query of a REST request', async () => {
    const token = await genuine(header(), claims());
    const rest = await authorize({ version: '2.0', type: 'REQUEST', headers: {}, queryStringParameters: { token } });
    expect(rest).toEqual({ isAuthorized: true, context: {} });
  });
});

describe('the WebSocket API', () => {
  const methodArn = 'arn:aws:execute-api:us-east-1:000000000000:abc/live/$connect';
  const connect = (queryStringParameters: Record<string, string>, headers = {}) =>
    authorize({ type: 'REQUEST', methodArn, queryStringParameters, headers }) as Promise<any>;

  it('lets a credential in from the query, as browsers must send it, or from the header', async () => {
    const token = await genuine(header(), claims());
    for (const answer of [await connect({ token }), await connect({}, { Authorization: `Bearer ${token}` })])
      expect(answer).toMatchObject({
        principalId: owner.userId,
        policyDocument: { Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: methodArn }] },
        context: { tenantId: 'token-a' },
      });
  });

  it('denies everybody else by policy and says nothing about them', async () => {
    for (const answer of [await connect({}), await connect({ token: 'x' })]) {
      expect(answer.policyDocument.Statement).toEqual([
        { Effect: 'Deny', Action: 'execute-api:Invoke', Resource: methodArn },
      ]);
      expect(answer.context).toBeUndefined();
    }
  });
});

describe('an ECDSA signature in DER', () => {
  it('becomes r and s of 32 bytes each, whatever their sign or length', () => {
    const der = Buffer.from([0x30, 0x08, 0x02, 0x02, 0x00, 0x80, 0x02, 0x02, 0x01, 0x02]);
    const jose = derToJose(der);
    expect(jose).toHaveLength(64);
    expect(jose.subarray(0, 32)).toEqual(Buffer.concat([Buffer.alloc(31), Buffer.from([0x80])]));
    expect(jose.subarray(32)).toEqual(Buffer.concat([Buffer.alloc(30), Buffer.from([1, 2])]));
  });
});

describe('the own profile', () => {
  it('is what the credential says', async () => {
    const answer = await stack.call(auth, 'GET', '/api/v1/auth/me', { as: principal('token-a', { subject: 'usr_9' }) });
    expect(answer.body.data).toMatchObject({ id: 'usr_9', tenantId: 'token-a', kind: 'user' });
  });
});
