/** Who walks the routes: a user of tenant south for every role, and an API key that may nothing. */
import { permissionsOf, systemRoleNames } from '../../../functions/identity/roles/system-roles.ts';
import { isGranted } from '../../../layers/kernel/auth/permissions.ts';
import { apiWith, expectOk } from '../../support/mizan.ts';
import { guardedRoutes, type ListedRoute, type SharedMizan, walksAll } from './routes.ts';

/** A role of the tenant's own beside the system's. */
const ownRole = { name: 'Matrix', permissions: ['identity:roles:*', 'metering:readings:read'] };
export const roles: readonly string[] = [...systemRoleNames, 'own'];
const powerlessKey = { name: 'powerless', scopes: ['metering:nothing:ever'], rateLimitPerMinute: 10_000 };
/** The key is met where it may not; one that may is met with ids of others, and with hostile input. */
export const callers: readonly string[] = [...roles, 'key'];

export function permissionsOfCaller(caller: string): readonly string[] {
  if (caller === 'key') return powerlessKey.scopes;
  return caller === 'own' ? ownRole.permissions : permissionsOf([caller]);
}
export const mayCall = (caller: string, { route: { access } }: ListedRoute): boolean =>
  access === 'authenticated' || isGranted(permissionsOfCaller(caller), access);

const password = 'violet kettle at noon';
const emailOf = (role: string): string => `${role.toLowerCase()}@matrix.example`;

/** Makes a user for each role. @returns the API key */
export async function makeCallers({ south, platform }: SharedMizan): Promise<string> {
  const owner = apiWith(platform.endpoints.restUrl, south.token);
  const role = expectOk(await owner('POST', '/api/core/roles', ownRole)).data.id;
  for (const name of roles) {
    const made = await platform.invoke('administer', {
      action: 'create-owner',
      by: 'matrix',
      tenantId: south.id,
      owner: { name, email: emailOf(name), password, roles: [name === 'own' ? 'USER' : name] },
    });
    const { result, error } = made.payload as { result?: { userId: string }; error?: { message: string } };
    if (!result) throw new Error(`${name}: ${error?.message}`);
    if (name === 'own') expectOk(await owner('POST', `/api/core/users/${result.userId}/roles`, { roles: [role] }));
  }
  return expectOk(await south.api('POST', '/api/v1/developer/api-keys', powerlessKey)).data.key;
}

/** A log-in serves a quarter of an hour, which a walk may take on a busy machine. */
export const logInAgainAfterMs = 8 * 60_000;

/** @returns the credential of each caller */
export async function logInCallers({ platform }: SharedMizan, key: string): Promise<ReadonlyMap<string, string>> {
  const nobody = apiWith(platform.endpoints.restUrl);
  const tokens = new Map([['key', key]]);
  for (const role of roles) {
    const session = expectOk(await nobody('POST', '/api/v1/auth/login', { email: emailOf(role), password }));
    tokens.set(role, session.accessToken);
  }
  return tokens;
}

/**
 * Of the candidates for each route takes one, whoever came last the longest ago, first of all who fits the fewest routes. Who
 * fits only routes that others got comes in addition: so everybody is taken who is a candidate at all.
 */
function takeTurns(candidates: readonly (readonly string[])[]): readonly (readonly string[])[] {
  if (walksAll) return candidates;
  const chances = new Map<string, number>();
  for (const name of candidates.flat()) chances.set(name, (chances.get(name) ?? 0) + 1);
  const lastTaken = new Map<string, number>();
  const rank = (name: string): number => (lastTaken.get(name) ?? 0) * 10_000 + chances.get(name)!;
  const taken = candidates.map((names, i) => {
    if (names.length === 0) return [];
    const next = names.reduce((best, other) => (rank(other) < rank(best) ? other : best));
    lastTaken.set(next, i + 1);
    return [next];
  });
  for (const name of chances.keys())
    if (!lastTaken.has(name)) taken[candidates.findIndex((names) => names.includes(name))]!.push(name);
  return taken;
}

export interface Met {
  may: readonly string[];
  mayNot: readonly string[];
}

/** Would end the session that the walk goes on with; sessions have tests of their own. */
const endsTheSession = new Set(['logoutEverywhere']);

/** Which callers a route meets: one that may and one that may not, so that every role is met in every domain. */
export const met: ReadonlyMap<string, Met> = new Map(
  [...Map.groupBy(guardedRoutes, ({ domain }) => domain).values()].flatMap((cases) => {
    const allowed = cases.map((one) =>
      endsTheSession.has(one.name) ? [] : roles.filter((role) => mayCall(role, one)),
    );
    const refused = cases.map((one) => callers.filter((caller) => !mayCall(caller, one)));
    const [may, mayNot] = [takeTurns(allowed), takeTurns(refused)];
    return cases.map(({ name }, i): [string, Met] => [name, { may: may[i]!, mayNot: mayNot[i]! }]);
  }),
);
