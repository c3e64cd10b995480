/** Attacks over HTTP on the running platform: what must be refused, what must stay data, and what must never be seen. */
import { request as httpRequest } from 'node:http';
import { beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../support/live-client.ts';
import { connectMeter } from '../support/meter-client.ts';
import { type ApiAnswer, apiWith, eventually, expectOk, type Mizan } from '../support/mizan.ts';
import { startReceiver } from '../support/receiver.ts';
import { rowsOf } from '../support/rows.ts';
import { shareMizan } from '../support/shared-mizan.ts';
import { expectNoInsides, expectRefused } from './walks/answers.ts';
import { routes, walksAll, withId } from './walks/routes.ts';

let mizan: Omit<Mizan, 'stop'>;
let baseUrl: string;
beforeAll(async () => {
  mizan = await shareMizan();
  baseUrl = mizan.platform.endpoints.restUrl;
});

/** A request exactly as written: no client in between that tidies the path or refuses the headers. */
function raw(
  method: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(baseUrl);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode!, text: Buffer.concat(chunks).toString('utf8') }));
    });
    request.on('error', reject);
    request.end();
  });
}

describe('credentials', () => {
  const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const forgeries: [string, () => string][] = [
    ['alg none', () => `${base64({ alg: 'none', typ: 'at+jwt' })}.${mizan.north.token.split('.')[1]}.`],
    [
      'another tenant in a signed token',
      () => {
        const [head, payload, signature] = mizan.north.token.split('.') as [string, string, string];
        const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
        return `${head}.${base64({ ...claims, tid: mizan.south.id })}.${signature}`;
      },
    ],
    ['a token that is only a prefix', () => mizan.north.token.slice(0, -10)],
    ['a refresh token', () => `rtf_${'0'.repeat(26)}.${'a'.repeat(43)}`],
    ['an API key of nobody', () => `mzn_local_${'a'.repeat(10)}_${'b'.repeat(43)}`],
    ['a key with another secret', () => `${mizan.north.apiKey.slice(0, -5)}AAAAA`],
    ['8 KB of nonsense', () => 'x'.repeat(8000)],
    ['three dots', () => '...'],
  ];
  it.each(forgeries)('%s is nobody', async (_, forge) => {
    const answer = await apiWith(baseUrl, forge())('GET', '/api/v1/auth/me');
    expect(answer).toMatchObject({ status: 401, json: { code: 'unauthenticated' } });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('are not read from the query, a cookie or a forwarded header', async () => {
    const nobody = apiWith(baseUrl);
    const path = '/api/v1/auth/me';
    expect((await nobody('GET', `${path}?token=${mizan.north.token}`)).status).toBe(401);
    expect((await nobody('GET', path, undefined, { cookie: `token=${mizan.north.token}` })).status).toBe(401);
    expect((await nobody('GET', path, undefined, { 'x-authorization': mizan.north.token })).status).toBe(401);
  });

  it('are not widened by what a request says about its tenant', async () => {
    const answer = await mizan.south.api('GET', `/api/scada/stations?tenantId=${mizan.north.id}`, undefined, {
      'x-tenant-id': mizan.north.id,
      'x-mizan-tenant': mizan.north.id,
    });
    expect(expectOk(answer).data.map(({ id }: any) => id)).toEqual([mizan.south.stationId]);
  });

  it('bound to addresses work from there only, whatever X-Forwarded-For says', async () => {
    const make = async (allowedIps: string[]) =>
      expectOk(
        await mizan.north.api('POST', '/api/v1/developer/api-keys', {
          name: 'bound',
          scopes: ['scada:stations:read'],
          allowedIps,
          rateLimitPerMinute: 1000,
        }),
      ).data.key;
    const path = '/api/scada/stations';
    expect((await apiWith(baseUrl, await make(['127.0.0.0/8', '::1']))('GET', path)).status).toBe(200);
    const elsewhere = apiWith(baseUrl, await make(['203.0.113.0/24']));
    for (const headers of [{}, { 'x-forwarded-for': '203.0.113.5' }, { 'x-real-ip': '203.0.113.5' }] as Record<
      string,
      string
    >[])
      expect(await elsewhere('GET', path, undefined, headers)).toMatchObject({
        status: 403,
        json: { code: 'forbidden' },
      });
  });
});

describe('keys of devices', () => {
  const make = (stationIds: string[]) =>
    mizan.north.api('POST', '/api/v1/developer/api-keys', {
      name: 'device',
      scopes: ['metering:readings:publish'],
      stationIds,
    });

  it('never name the station of another tenant, or a pattern', async () => {
    expect(await make([mizan.south.stationId])).toMatchObject({ status: 404, json: { code: 'not_found' } });
    for (const pattern of ['*', '+', '#', `${mizan.north.stationId}/*`])
      expect(await make([pattern])).toMatchObject({ status: 400, json: { code: 'validation_failed' } });
  });

  it('end the connection of a device that publishes for another station of its own tenant', async () => {
    const { north, platform } = mizan;
    expectOk(await north.api('POST', '/api/scada/stations', { id: 'NORTH-2', name: 'Second' }));
    const { key } = expectOk(await make(['NORTH-2'])).data;
    const device = await connectMeter(platform.endpoints.mqttUrl, key);
    await device.publish('acrel/NORTH-2/meter/ANY/data', '{}');
    const closed = new Promise((resolve) => device.mqtt.once('close', () => resolve(undefined)));
    device.publish(`acrel/${north.stationId}/meter/${north.meterIds[0]}/data`, '{}').catch(() => {});
    await closed;
  });
});

describe('limits', () => {
  it('are shown on every answer and enforced per key, for that key alone', async () => {
    const { key } = expectOk(
      await mizan.north.api('POST', '/api/v1/developer/api-keys', {
        name: 'slow',
        scopes: ['scada:stations:read'],
        rateLimitPerMinute: 3,
      }),
    ).data;
    const slow = apiWith(baseUrl, key);
    const answers: ApiAnswer[] = [];
    for (let i = 0; i < 4; i++) answers.push(await slow('GET', '/api/scada/stations'));
    expect(answers.map(({ headers }) => headers.get('ratelimit-remaining'))).toEqual(['2', '1', '0', '0']);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(answers[3]!.json.code).toBe('rate_limited');
    expect(Number(answers[3]!.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answers[0]!.headers.get('ratelimit-policy')).toContain('3;w=60');
    expect((await mizan.north.api('GET', '/api/scada/stations')).status).toBe(200);
  });

  it('count refused requests too', async () => {
    const { key } = expectOk(
      await mizan.north.api('POST', '/api/v1/developer/api-keys', {
        name: 'x',
        scopes: ['metering:nothing:ever'],
        rateLimitPerMinute: 2,
      }),
    ).data;
    const answers = [];
    for (let i = 0; i < 3; i++) answers.push((await apiWith(baseUrl, key)('GET', '/api/scada/stations')).status);
    expect(answers).toEqual([403, 403, 429]);
  });
});

describe('headers', () => {
  it('of pages forbid foreign scripts and frames', async () => {
    for (const path of ['/', '/api/docs', '/api/docs/errors']) {
      const answer = await apiWith(baseUrl)('GET', path);
      expect(answer.status).toBe(200);
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy, path).toContain("default-src 'none'");
      expect(policy, path).toContain("frame-ancestors 'none'");
      expect(policy, path).not.toMatch(/script-src[^;]*(unsafe-inline|unsafe-eval|\*|https?:)/);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('of answers keep them out of caches and sniffers, also when they are errors', async () => {
    for (const answer of [
      await mizan.north.api('GET', '/api/scada/stations'),
      await mizan.north.api('GET', '/api/scada/stations/NOPE'),
      await apiWith(baseUrl, 'nobody')('GET', '/api/v1/auth/me'),
    ]) {
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('strict-transport-security')).toMatch(/max-age=\d+/);
      expect(answer.headers.get('x-powered-by')).toBeNull();
    }
  });

  it('of a preflight allow what browsers need, without credentials of cookies', async () => {
    const answer = await apiWith(baseUrl)('OPTIONS', '/api/scada/stations', undefined, {
      origin: 'https://console.example',
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'authorization,if-match',
    });
    expect(answer.status).toBeLessThan(300);
    expect(answer.headers.get('access-control-allow-methods')).toContain('PUT');
    expect(answer.headers.get('access-control-allow-headers')).toContain('if-match');
    expect(answer.headers.get('access-control-allow-credentials')).not.toBe('true');
    expect(answer.text).toBe('');
  });

  it('that are too large are refused by the gateway', async () => {
    const answer = await raw('GET', '/api/health', { 'x-large': 'x'.repeat(11_000) });
    expect(answer.status).toBe(431);
  });

  it.each(['../../etc/passwd', 'a\tb', '<script>', 'x'.repeat(300), ''])(
    'of correlation that are no ids are replaced: %j',
    async (given) => {
      const answer = await raw('GET', '/api/v1/auth/me', { authorization: 'nobody', 'x-correlation-id': given });
      expect(JSON.parse(answer.text).correlationId).toMatch(/^cor_[0-9A-Z]{26}$/);
    },
  );
});

describe('paths', () => {
  it.each([
    '/assets/../package.json',
    '/assets/..%2fpackage.json',
    '/assets/%2e%2e/%2e%2e/etc/passwd',
    '/assets/..%5c..%5cpackage.json',
    '/assets/%252e%252e%252fpackage.json',
    '/assets/index.js%00.html',
    '/assets/__proto__',
    '/assets/constructor',
    '/api/docs/assets/../../../../etc/passwd',
    '/api/docs/assets/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '/api/docs/assets/docs-handler.mjs',
    '/api/docs/assets/index.mjs',
    '/api/docs/assets/%ff%fe',
    '//etc/passwd',
    '/api/scada/stations/..%2f..%2fidentity',
    '/api/scada/stations/%',
    '/api/scada/stations/%00',
    `/api/scada/stations/${'x'.repeat(4000)}`,
  ])('%s leads nowhere', async (path) => {
    const answer = await raw('GET', path, { authorization: `Bearer ${mizan.north.apiKey}` });
    expect(answer.status, answer.text.slice(0, 200)).toBeGreaterThanOrEqual(400);
    expect(answer.status, answer.text.slice(0, 200)).toBeLessThan(500);
    expect(answer.text).not.toMatch(/root:|"dependencies"|export\s*\{/);
    expectNoInsides(answer);
  });

  it.each(['TRACE', 'CONNECTION', 'PROPFIND', 'PATCH'])('%s on a resource is refused', async (method) => {
    const answer = await raw(method, '/api/scada/stations', { authorization: `Bearer ${mizan.north.apiKey}` });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  });
});

describe('bodies', () => {
  it('in another format than JSON are refused', async () => {
    for (const type of ['application/xml', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])
      expect(await mizan.south.api('POST', '/api/scada/stations', '<a/>', { 'content-type': type })).toMatchObject({
        status: 415,
        json: { code: 'unsupported_media_type' },
      });
  });

  it('with a key twice mean the last one, in every place that reads it', async () => {
    const body = '{"id":"DUP-1","name":"first","name":"second","id":"DUP-2"}';
    const made = expectOk(await mizan.south.api('POST', '/api/scada/stations', body)).data;
    expect(made).toMatchObject({ id: 'DUP-2', name: 'second' });
    expect((await mizan.south.api('GET', '/api/scada/stations/DUP-1')).status).toBe(404);
  });

  it('keep strange characters of names as data', async () => {
    const names = [
      '\u202eexe.txt',
      'Ｎorth',
      'Аlpha',
      "'; DROP TABLE stations; --",
      '<script>alert(1)</script>',
      '{{7*7}}',
      '${env}',
      'محطة\u200fالشمال',
      '👩‍🔧',
    ];
    for (const [i, name] of names.entries()) {
      expectOk(await mizan.south.api('POST', '/api/scada/stations', { id: `NAME-${i}`, name }));
      const answer = await mizan.south.api('GET', `/api/scada/stations/NAME-${i}`);
      expect(expectOk(answer).data.name).toBe(name);
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    }
  });
});

describe('lists', () => {
  it('a cursor of another tenant is refused', async () => {
    const page = expectOk(await mizan.north.api('GET', '/api/billing/meters?limit=1'));
    expect(page.pagination.nextCursor).not.toBeNull();
    const stolen = await mizan.south.api('GET', `/api/billing/meters?limit=1&cursor=${page.pagination.nextCursor}`);
    expect(JSON.stringify(stolen.json)).not.toContain(mizan.north.meterIds[0]!.slice(0, -1));
  });
});

describe('addresses of webhooks', () => {
  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://[::ffff:169.254.169.254]/',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://[fd00:ec2::254]/',
    'https://10.0.0.1/',
    'http://0.0.0.0/',
    'https://user:pass@partner.example/',
    'file:///etc/passwd',
    'gopher://partner.example/',
    'javascript:alert(1)',
    'http://metadata.google.internal/',
    'https://partner.example:22/',
  ])('%s is refused', async (url) => {
    const answer = await mizan.north.api('POST', '/api/v1/developer/webhooks', {
      name: 'ssrf',
      url,
      subscribedEvents: ['*'],
    });
    expectRefused(answer);
  });
});

describe('Idempotency-Key', () => {
  const post = (key: string, body: object, api = mizan.north.api) =>
    api('POST', '/api/scada/stations', body, { 'idempotency-key': key });

  it('gives the first answer again, once made', async () => {
    const first = await post('idem-1', { id: 'IDEM-1', name: 'One' });
    const again = await post('idem-1', { id: 'IDEM-1', name: 'One' });
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.json).toEqual(first.json);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  it('is refused with another request, and means nothing to another tenant', async () => {
    expect(await post('idem-1', { id: 'IDEM-2', name: 'Two' })).toMatchObject({
      status: 422,
      json: { code: 'idempotency_key_reused' },
    });
    expect((await post('idem-1', { id: 'IDEM-S', name: 'South' }, mizan.south.api)).json.data.id).toBe('IDEM-S');
  });

  it('makes one of ten requests at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => post('idem-3', { id: 'IDEM-3', name: 'Three' })),
    );
    const made = answers.filter(({ status }) => status === 201);
    expect(made.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1);
    for (const { status, json } of answers) if (status !== 201) expect(json.code).toBe('idempotency_in_progress');
  });

  it('of a request that failed is free again', async () => {
    expect((await post('idem-4', { id: 'IDEM-1', name: 'Taken' })).status).toBe(409);
    expect((await post('idem-4', { id: 'IDEM-4', name: 'Free' })).status).toBe(201);
  });

  it.each(['', 'x'.repeat(256)])('of %j is refused or ignored', async (key) => {
    expect((await post(key, { id: 'IDEM-L', name: 'Long' })).status).toBeLessThan(500);
  });
});

describe('secrets', () => {
  it('are seen in no log line, no event, no stored row and no later answer', async () => {
    const { platform, north } = mizan;
    const receiver = await startReceiver();
    const canaries: Record<string, string> = { 'a wrong password': 'canary-wrong-password-71' };
    const login = async (password: string) =>
      apiWith(baseUrl)('POST', '/api/v1/auth/login', { email: north.email, password });
    await login(canaries['a wrong password']!);
    const session = expectOk(await login(north.password));
    const refreshed = expectOk(
      await apiWith(baseUrl)('POST', '/api/v1/auth/refresh', { refreshToken: session.refreshToken }),
    );
    const made = expectOk(
      await north.api('POST', '/api/v1/developer/api-keys', { name: 'canary', scopes: ['scada:*', 'metering:*'] }),
    ).data;
    const webhook = expectOk(
      await north.api('POST', '/api/v1/developer/webhooks', {
        name: 'canary hook',
        url: receiver.url,
        subscribedEvents: ['*'],
        headers: { 'x-partner-token': 'canary-header-value-72' },
      }),
    ).data;
    const rotated = expectOk(
      await north.api('POST', `/api/v1/developer/webhooks/${webhook.id}/rotate-secret`, {}),
    ).data;
    const newOwner = { name: 'Boss', email: 'boss@canary.example', password: 'canary-owner-password-73' };
    await apiWith(baseUrl, north.token)('POST', '/api/core/tenants', { name: 'Canary', owner: newOwner });
    // Wrong in every way, so that whatever is logged of refusals is logged.
    await apiWith(baseUrl, `${made.key}x`)('POST', '/api/scada/stations', '{');
    await apiWith(baseUrl, made.key)('POST', '/api/scada/stations', { id: 'CANARY-1', name: 'Canary' });
    await apiWith(baseUrl, made.key)('POST', '/api/v1/developer/webhooks', { secret: 'canary-in-a-refused-body-74' });
    await listen(platform.endpoints.webSocketUrl!, made.key).then((client) => client.close());
    await listen(platform.endpoints.webSocketUrl!, `${made.key}x`).catch(() => {});
    await connectMeter(platform.endpoints.mqttUrl, `${made.key}x`).catch(() => {});
    await eventually(
      async () => receiver.received.length,
      (count) => count > 0,
    );

    const secretOf = (token: string): string => token.slice(token.lastIndexOf('.') + 1);
    Object.assign(canaries, {
      'the password': north.password,
      'the new owner’s password': newOwner.password,
      'the access token': secretOf(session.accessToken),
      'the refresh token': secretOf(session.refreshToken),
      'the next refresh token': secretOf(refreshed.refreshToken),
      'the API key': made.key.split('_').slice(3).join('_'),
      'the key of the tests': north.apiKey.split('_').slice(3).join('_'),
      'the webhook’s secret': webhook.secret.replace('whsec_', ''),
      'the webhook’s next secret': rotated.secret.replace('whsec_', ''),
      'the webhook’s header': 'canary-header-value-72',
      'a refused body': 'canary-in-a-refused-body-74',
    });
    const places: Record<string, string> = {
      logs: platform.logs
        .last(5000)
        .map(({ line }) => line)
        .join('\n'),
      tables: [...rowsOf(platform)].map((row) => JSON.stringify(row)).join('\n'),
      answers: await everyAnswer(),
    };
    expect(places['logs']).toContain('"request"');
    expect(places['answers']).toContain('canary hook');
    for (const [place, text] of Object.entries(places))
      for (const [name, canary] of Object.entries(canaries)) {
        expect(canary.length).toBeGreaterThan(10);
        expect(text.includes(canary), `${name} is in the ${place}`).toBe(false);
      }
    await receiver.close();
  });

  /** Of what no row shows in clear, these alone hold what it could be made from again. */
  const keepers = ['identity', 'platform'];

  /** What their GET routes answer the owner, except the one that is there to show a secret again. */
  async function everyAnswer(): Promise<string> {
    const idsOf = async (path: string): Promise<string[]> =>
      ((await mizan.north.api('GET', `${path}?limit=200`)).json?.data ?? []).map(({ id }: any) => id).slice(0, 20);
    const ids = new Map<string, string[]>();
    const texts: string[] = [];
    for (const { route, path, name, domain } of routes) {
      if (route.method !== 'GET' || /secret/i.test(name)) continue;
      if (!walksAll && !keepers.includes(domain)) continue;
      const list = path.slice(0, path.indexOf('/{'));
      if (path.includes('{') && !ids.has(list)) ids.set(list, await idsOf(list));
      const targets = path.includes('{') ? ids.get(list)!.map((id) => withId(path, id)) : [path];
      for (const target of targets) texts.push((await mizan.north.api('GET', target)).text);
    }
    return texts.join('\n');
  }
});
