/** Attacks on log-in over HTTP, on the running platform: forged and stolen tokens, guessed codes, and asking who is there. */
import { createHmac, createPublicKey, createSign, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { codeOfStep, stepAt } from '../../functions/identity/two-factor/totp.ts';
import { type ApiAnswer, apiWith, eventually, expectOk, type Mizan, type TestTenant } from '../support/mizan.ts';
import { shareMizan } from '../support/shared-mizan.ts';

let mizan: Omit<Mizan, 'stop'>;
let baseUrl: string;
beforeAll(async () => {
  mizan = await shareMizan({ meters: 1 });
  baseUrl = mizan.platform.endpoints.restUrl;
});

const nobody = (): ReturnType<typeof apiWith> => apiWith(baseUrl);
const me = (token: string): Promise<ApiAnswer> => apiWith(baseUrl, token)('GET', '/api/v1/auth/me');
const nextMinute = (): void => void mizan.platform.clock.advance(60_000);
const logIn = ({ email, password }: Pick<TestTenant, 'email' | 'password'>): Promise<ApiAnswer> =>
  nobody()('POST', '/api/v1/auth/login', { email, password });

const encode = (value: object | string): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const decode = (part: string): any => JSON.parse(Buffer.from(part, 'base64url').toString());

/** What the platform would have sent, newest last. */
async function messages(): Promise<{
  emails: { to: string[]; text: string }[];
  texts: { to: string; text: string }[];
}> {
  return (await fetch(`${mizan.platform.endpoints.awsEndpointUrl}/_runtime/messages`)).json() as never;
}
async function codeFor(email: string, number = 1): Promise<string> {
  const sent = await eventually(
    async () => (await messages()).emails.filter(({ to }) => to.includes(email)),
    (found) => found.length >= number,
  );
  return /\b\d{6}\b/.exec(sent.at(-1)!.text)![0];
}

describe('a forged access token is nobody', () => {
  let token: string;
  let parts: [string, string, string];
  beforeAll(async () => {
    token = expectOk(await logIn(mizan.north)).accessToken;
    parts = token.split('.') as typeof parts;
    expect((await me(token)).status).toBe(200);
  });

  const publicKey = async () => {
    const { keys } = expectOk(await nobody()('GET', '/.well-known/jwks.json')) as { keys: JsonWebKey[] };
    return createPublicKey({ key: keys[0]!, format: 'jwk' });
  };
  const withHeader = (changes: object): string => encode({ ...decode(parts[0]), ...changes });
  const withClaims = (changes: object): string => encode({ ...decode(parts[1]), ...changes });
  const hs256 = (text: string, secret: string | Buffer): string =>
    `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
  const es256 = (text: string): string => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return `${text}.${createSign('sha256').update(text).sign({ key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  };

  const forgeries: Record<string, () => Promise<string> | string> = {
    'alg none': () => `${withHeader({ alg: 'none' })}.${parts[1]}.`,
    'alg none, signature kept': () => `${withHeader({ alg: 'none' })}.${parts[1]}.${parts[2]}`,
    'HS256 with the public key (PEM)': async () =>
      hs256(`${withHeader({ alg: 'HS256' })}.${parts[1]}`, (await publicKey()).export({ type: 'spki', format: 'pem' })),
    'HS256 with the public key (DER)': async () =>
      hs256(`${withHeader({ alg: 'HS256' })}.${parts[1]}`, (await publicKey()).export({ type: 'spki', format: 'der' })),
    'the attacker’s key under our key id': () => es256(`${parts[0]}.${parts[1]}`),
    'another tenant': () => `${parts[0]}.${withClaims({ tid: mizan.south.id })}.${parts[2]}`,
    'more roles': () => `${parts[0]}.${withClaims({ roles: ['SUPER_ADMIN'] })}.${parts[2]}`,
    'a later end': () => `${parts[0]}.${withClaims({ exp: 4_102_444_800 })}.${parts[2]}`,
    'another type': () => `${withHeader({ typ: 'JWT' })}.${parts[1]}.${parts[2]}`,
    'one bit of the signature': () => {
      const signature = Buffer.from(parts[2], 'base64url');
      signature[10]! ^= 1;
      return `${parts[0]}.${parts[1]}.${signature.toString('base64url')}`;
    },
    'a signature of zeros': () => `${parts[0]}.${parts[1]}.${Buffer.alloc(64).toString('base64url')}`,
  };
  it.each(Object.keys(forgeries))('%s', async (name) => {
    expect(await me(await forgeries[name]!())).toMatchObject({ status: 401, json: { code: 'unauthenticated' } });
  });

  it('a refresh token', async () => {
    expect((await me(expectOk(await logIn(mizan.north)).refreshToken)).status).toBe(401);
  });

  it('a genuine one, after its fifteen minutes', async () => {
    mizan.platform.clock.advance(16 * 60_000);
    expect((await me(token)).status).toBe(401);
  });
});

describe('a stolen refresh token', () => {
  const refresh = (refreshToken: string) => nobody()('POST', '/api/v1/auth/refresh', { refreshToken });

  it('ends the log-in when it is used after its owner used it', async () => {
    const { refreshToken } = expectOk(await logIn(mizan.north));
    const next = expectOk(await refresh(refreshToken)).refreshToken;
    expect((await refresh(refreshToken)).status).toBe(401);
    expect((await refresh(next)).status).toBe(401);
  });

  it('gives at most one pair when ten use it at once, and that ends too', async () => {
    const { refreshToken } = expectOk(await logIn(mizan.north));
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(refreshToken)));
    const good = answers.filter(({ status }) => status === 200);
    expect(good.length).toBeLessThanOrEqual(1);
    expect(answers.every(({ status }) => status === 200 || status === 401)).toBe(true);
    for (const { json } of good) expect((await refresh(json.refreshToken)).status).toBe(401);
  });

  it('is told to the tenant as a security alert', async () => {
    await eventually(
      async () => expectOk(await mizan.north.api('GET', '/api/v1/developer/alerts?alertType=security')).data,
      (alerts: any[]) => alerts.some(({ alertData }) => alertData?.kind === 'refresh_reuse'),
    );
  });
});

describe('a log-in that was ended everywhere', () => {
  it('is refused at the API as soon as the gateway asks again, long before its token runs out', async () => {
    const token = expectOk(await logIn(mizan.north)).accessToken;
    mizan.platform.clock.advance(1000);
    expectOk(await apiWith(baseUrl, token)('POST', '/api/auth/logout-all'));
    mizan.platform.clock.advance(5 * 60_000 + 1000);
    expect((await me(token)).status).toBe(401);
    expect((await me(expectOk(await logIn(mizan.north)).accessToken)).status).toBe(200);
  });
});

describe('the first half of a log-in', () => {
  it('opens nothing: a challenge is no access token and no refresh token', async () => {
    nextMinute();
    const { south } = mizan;
    const token = expectOk(await logIn(south)).accessToken;
    const own = apiWith(baseUrl, token);
    const { secret } = expectOk(await own('POST', '/api/auth/two-factor/enrol', { password: south.password })).data;
    const code = (): string => codeOfStep(secret, stepAt(mizan.platform.clock.now()));
    expectOk(await own('POST', '/api/auth/two-factor/confirm', { code: code() }));
    nextMinute();
    const { challengeToken, accessToken } = expectOk(await logIn(south));
    expect(accessToken).toBeUndefined();
    expect((await me(challengeToken)).status).toBe(401);
    expect((await nobody()('POST', '/api/v1/auth/refresh', { refreshToken: challengeToken })).status).toBe(400);
    const second = (given: string) => nobody()('POST', '/api/v1/auth/two-factor', { challengeToken, code: given });
    expect(await second('000000')).toMatchObject({ status: 400, json: { code: 'invalid_code' } });
    const used = code();
    expect((await second(used)).status).toBe(200);
    expect((await second(used)).status).toBe(400);
    expect((await nobody()('POST', '/api/v1/auth/two-factor', { challengeToken: token, code: code() })).status).toBe(
      401,
    );
  });
});

describe('guessing the code of a new password', () => {
  it('gets five tries, though twenty come at once, and then not even the right code works', async () => {
    nextMinute();
    const { email } = mizan.north;
    const target = { target: email, channel: 'EMAIL' };
    expectOk(await nobody()('POST', '/api/auth/request-otp', { ...target, purpose: 'RESET_PASSWORD' }));
    const code = await codeFor(email);
    const reset = (given: string) =>
      nobody()('POST', '/api/auth/reset-password', { ...target, code: given, password: 'a thief in the garden' });
    const wrong = (i: number): string => String((Number(code) + 1 + i) % 1_000_000).padStart(6, '0');
    const guesses = await Promise.all(Array.from({ length: 20 }, (_, i) => reset(wrong(i))));
    expect(guesses.every(({ status }) => status === 400 || status === 429)).toBe(true);
    expect(guesses.filter(({ status }) => status === 400).length).toBeGreaterThanOrEqual(5);
    nextMinute();
    expect(await reset(code)).toMatchObject({ status: 400, json: { code: 'invalid_code' } });
    expect((await logIn(mizan.north)).status).toBe(200);
  });
});

describe('who has an account is not told', () => {
  const stranger = (i: number): string => `stranger-${i}@north.example`;

  it('by what is said', async () => {
    nextMinute();
    const pairs: [string, (email: string) => object][] = [
      ['/api/v1/auth/login', (email) => ({ email, password: 'wrong' })],
      ['/api/user/login', (email) => ({ email, password: 'wrong' })],
      ['/api/auth/request-otp', (target) => ({ target, channel: 'EMAIL', purpose: 'LOGIN' })],
      ['/api/auth/request-otp', (target) => ({ target, channel: 'EMAIL', purpose: 'RESET_PASSWORD' })],
      ['/api/auth/verify-otp', (target) => ({ target, channel: 'EMAIL', purpose: 'LOGIN', code: '123456' })],
      ['/api/user/login-otp', (target) => ({ target, channel: 'EMAIL', code: '123456' })],
      [
        '/api/auth/reset-password',
        (target) => ({ target, channel: 'EMAIL', code: '123456', password: 'a thief in the garden' }),
      ],
      ['/api/v1/users/verify-email', (email) => ({ email, code: '123456' })],
    ];
    for (const [path, body] of pairs) {
      const said = async (email: string) => {
        const { status, json } = await nobody()('POST', path, body(email));
        return { status, ...json, correlationId: '' };
      };
      expect(await said(stranger(0)), path).toEqual(await said(mizan.north.email));
    }
  });

  it('by the time of a log-in', async () => {
    const times = { known: [] as number[], unknown: [] as number[] };
    for (let i = 0; i < 15; i++) {
      // Limits count by the minute.
      if (i % 5 === 0) nextMinute();
      for (const [kind, email] of [
        ['known', mizan.north.email],
        ['unknown', stranger(i)],
      ] as const) {
        const start = performance.now();
        const { status } = await nobody()('POST', '/api/v1/auth/login', { email, password: `wrong ${i}` });
        times[kind].push(performance.now() - start);
        expect(status).toBe(401);
      }
    }
    const median = (list: number[]): number => list.sort((a, b) => a - b)[Math.floor(list.length / 2)]!;
    const ratio = median(times.known) / median(times.unknown);
    // A log-in that skipped its one costly step would take a tenth.
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });
});
