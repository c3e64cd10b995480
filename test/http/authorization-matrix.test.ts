/**
 * Every route × every role × own, foreign and no tenant, generated from the route tables: what a role may do follows from
 * its permission strings alone, and from nothing a function does by itself.
 *
 * - Without a credential every guarded route answers 401.
 * - Without the permission it answers 403 and names the permission, before it looks at anything else.
 * - With the permission it is let through: any answer but 401, 403 and 5xx. What could change something is sent so that it
 *   does not: a body that is no JSON, an `Idempotency-Key` that is too long, an id that does not exist.
 * - With the ids of another tenant nobody gets a 2xx, whatever the role, and nothing of the other's.
 *
 * One request at a time: each beyond the first would start one more instance of every function, which costs more than waiting.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permissionsOf, systemRoleNames } from '../../functions/identity/roles/system-roles.ts';
import { domains } from '../../infra/domains.ts';
import { isGranted } from '../../layers/kernel/auth/permissions.ts';
import type { Resource, Route, Routes } from '../../layers/kernel/http/route.ts';
import { type ApiAnswer, apiWith, expectOk, type Mizan, startMizan } from '../support/mizan.ts';

interface Case {
  name: string;
  domain: string;
  route: Route;
  path: string;
}

const guarded: Case[] = domains.flatMap(({ name: domain, resources }) =>
  resources
    .map(({ resource }) => resource as Resource<Routes>)
    .flatMap(({ base, routes }) =>
      Object.entries(routes).map(([name, route]) => ({ name, domain, route, path: base + route.path })),
    )
    .filter(({ route }) => route.access !== 'public'),
);

/** A role of the tenant's own beside the system's. */
const ownRole = { name: 'Matrix', permissions: ['identity:roles:*', 'metering:readings:read'] };
const roles = [...systemRoleNames, 'own'];
const permissionsOfRole = (role: string): readonly string[] =>
  role === 'own' ? ownRole.permissions : permissionsOf([role]);
const mayCall = (role: string, { access }: Route): boolean =>
  access === 'authenticated' || isGranted(permissionsOfRole(role), access);

/** Permitted routes that refuse for a reason of their own, which no permission of the role decides. */
const ownReasons: { paths: RegExp; roles: RegExp; why: string }[] = [
  {
    paths: /^\/api\/(portal|v1\/customers\/me)(\/|$)/,
    roles: /./,
    why: 'The portal is for users that are linked to a customer.',
  },
];

/** Would end the session that the test goes on with; sessions have tests of their own. */
const endsTheSession = new Set(['logoutEverywhere']);

let mizan: Mizan;
const tokens = new Map<string, string>();
const password = 'violet kettle at noon';

beforeAll(async () => {
  mizan = await startMizan({ meters: 1 });
  const { south, platform } = mizan;
  const restUrl = platform.endpoints.restUrl;
  const owner = apiWith(restUrl, south.token);
  const role = expectOk(await owner('POST', '/api/core/roles', ownRole)).data.id;
  for (const name of roles) {
    const email = `${name.toLowerCase()}@matrix.example`;
    const made = await platform.invoke('administer', {
      action: 'create-owner',
      by: 'matrix',
      tenantId: south.id,
      owner: { name, email, password, roles: [name === 'own' ? 'USER' : name] },
    });
    const { result, error } = made.payload as { result?: { userId: string }; error?: { message: string } };
    if (!result) throw new Error(`${name}: ${error?.message}`);
    if (name === 'own') expectOk(await owner('POST', `/api/core/users/${result.userId}/roles`, { roles: [role] }));
    tokens.set(name, expectOk(await apiWith(restUrl)('POST', '/api/v1/auth/login', { email, password })).accessToken);
  }
});
afterAll(() => mizan?.stop());

const idKinds: [prefix: string, id: (tenant: Mizan['north']) => string][] = [
  ['/api/billing/meters', ({ meterIds }) => meterIds[0]!],
  ['/api/scada/stations', ({ stationId }) => stationId],
  ['/api/core/tenants', ({ id }) => id],
  ['/api/v1/organizations', ({ id }) => id],
];
type Ids = 'of nobody' | Mizan['north'];

function withIds(path: string, ids: Ids): string {
  const id = ids === 'of nobody' ? undefined : idKinds.find(([prefix]) => path.startsWith(prefix))?.[1](ids);
  return path.replaceAll(/\{\w+\}/g, encodeURIComponent(id ?? 'unknown-1'));
}

function ask({ route, path }: Case, ids: Ids, body: string, token?: string): Promise<ApiAnswer> {
  const headers: Record<string, string> = route.method === 'POST' ? { 'idempotency-key': 'x'.repeat(300) } : {};
  const api = apiWith(mizan.platform.endpoints.restUrl, token);
  return api(route.method, withIds(path, ids), route.body ? body : undefined, headers);
}

const noJson = '{';
/** Operations that an owner was served. */
const served = new Set<string>();
const said = ({ status, text }: ApiAnswer): string => `${status} ${text.slice(0, 200)}`;

/** @returns what is wrong, one line each */
async function findWrong(
  cases: readonly Case[],
  callers: readonly string[],
  look: (one: Case, role: string) => Promise<string | undefined>,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const one of cases)
    for (const role of callers) {
      const problem = await look(one, role);
      if (problem !== undefined) wrong.push(`${role} ${one.route.method} ${one.path} (${one.name}): ${problem}`);
    }
  return wrong;
}

async function lookAtOwn(one: Case, role: string): Promise<string | undefined> {
  const isAllowed = mayCall(role, one.route);
  if (isAllowed && endsTheSession.has(one.name)) return undefined;
  const answer = await ask(one, one.route.method === 'GET' ? mizan.south : 'of nobody', noJson, tokens.get(role)!);
  const { status, json, text } = answer;
  if (role === 'OWNER' && status === 200) served.add(one.name);
  if (!isAllowed) {
    const isRefused = status === 403 && json.code === 'forbidden' && text.includes(`"${one.route.access}\\"`);
    return isRefused ? undefined : `may not, but: ${said(answer)}`;
  }
  if (status === 403 && ownReasons.some(({ paths, roles }) => paths.test(one.path) && roles.test(role)))
    return undefined;
  return status === 401 || status === 403 || status >= 500 ? `may, but: ${said(answer)}` : undefined;
}

async function lookAtForeign(one: Case, role: string): Promise<string | undefined> {
  if (!mayCall(role, one.route)) return undefined;
  // Who runs the installation reaches other tenants: that is what these permissions are for.
  if (one.route.access.startsWith('system:')) return undefined;
  const answer = await ask(one, mizan.north, '{}', tokens.get(role)!);
  const isRefused = answer.status >= 400 && answer.status < 500 && answer.status !== 401;
  return isRefused && !answer.text.includes(mizan.north.email) ? undefined : said(answer);
}

describe.each([...new Set(guarded.map(({ domain }) => domain))])('%s', (domain) => {
  const cases = guarded.filter((one) => one.domain === domain);

  it('lets nobody in without a credential', async () => {
    const wrong = await findWrong(cases, ['nobody'], async (one) => {
      const answer = await ask(one, mizan.south, noJson);
      return answer.status === 401 ? undefined : said(answer);
    });
    expect(wrong).toEqual([]);
  });

  it('lets every role through exactly where its permissions say so', async () => {
    expect(await findWrong(cases, roles, lookAtOwn)).toEqual([]);
  }, 900_000);

  it('shows no role anything of another tenant', async () => {
    const withParameters = cases.filter(({ path }) => path.includes('{'));
    expect(await findWrong(withParameters, roles, lookAtForeign)).toEqual([]);
  });
});

describe('the matrix', () => {
  it('does not pass because nothing is served: an owner’s lists are answered', () => {
    const lists = guarded.filter(
      ({ route, path }) => route.method === 'GET' && !path.includes('{') && mayCall('OWNER', route),
    );
    expect(lists.filter(({ name }) => served.has(name)).length / lists.length).toBeGreaterThan(0.7);
  });

  it('knows roles that differ, or it would show nothing', () => {
    const reach = roles.map((role) => guarded.filter(({ route }) => mayCall(role, route)).length);
    expect(new Set(reach).size).toBeGreaterThan(6);
  });
});
