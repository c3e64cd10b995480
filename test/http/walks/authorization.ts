/** Who is let through: nobody without a good credential, a role exactly where its permissions say so. */
import { type ApiAnswer, apiWith } from '../../support/mizan.ts';
import { faultOf } from './answers.ts';
import { met } from './callers.ts';
import { type ListedRoute, type SharedMizan, said, withId } from './routes.ts';

/** Permitted routes that refuse for a reason of their own: the portal is for users that are linked to a customer. */
const hasOwnReasons = (path: string): boolean => /^\/api\/(portal|v1\/customers\/me)(\/|$)/.test(path);

const idKinds: [prefix: string, id: (tenant: SharedMizan['north']) => string][] = [
  ['/api/billing/meters', ({ meterIds }) => meterIds[0]!],
  ['/api/scada/stations', ({ stationId }) => stationId],
  ['/api/core/tenants', ({ id }) => id],
  ['/api/v1/organizations', ({ id }) => id],
];
/** The path with ids of the tenant itself. */
const withOwnId = (path: string, tenant: SharedMizan['north']): string =>
  withId(path, idKinds.find(([prefix]) => path.startsWith(prefix))?.[1](tenant) ?? 'unknown-1');

/** Sent so that it changes nothing: a body that is no JSON, an `Idempotency-Key` that is too long, an id of nobody. */
function ask({ platform, south }: SharedMizan, { route, path }: ListedRoute, token?: string): Promise<ApiAnswer> {
  const headers: Record<string, string> = route.method === 'POST' ? { 'idempotency-key': 'x'.repeat(300) } : {};
  const target = route.method === 'GET' ? withOwnId(path, south) : withId(path, 'unknown-1');
  return apiWith(platform.endpoints.restUrl, token)(route.method, target, route.body ? '{' : undefined, headers);
}

export async function* withoutCredential(mizan: SharedMizan, one: ListedRoute): AsyncGenerator<string> {
  const none = await ask(mizan, one);
  if (none.status !== 401) yield `without a credential: ${said(none)}`;
  const forged = await ask(mizan, one, `mzn_local_${'a'.repeat(10)}_${'b'.repeat(43)}`);
  if (forged.status !== 401 || forged.json?.code !== 'unauthenticated') yield `with a forged key: ${said(forged)}`;
}

/** @param served gets the operations that were served */
export async function* asRoles(
  mizan: SharedMizan,
  one: ListedRoute,
  tokens: ReadonlyMap<string, string>,
  served: Set<string>,
): AsyncGenerator<string> {
  const { may, mayNot } = met.get(one.name)!;
  for (const role of may) {
    const answer = await ask(mizan, one, tokens.get(role)!);
    const fault = faultOf(answer, one.name);
    if (answer.status === 200) served.add(one.name);
    if (answer.status === 401 || (answer.status === 403 && !hasOwnReasons(one.path)))
      yield `${role} may, but: ${said(answer)}`;
    else if (fault !== undefined) yield `${role}: ${fault}`;
  }
  for (const caller of mayNot) {
    const answer = await ask(mizan, one, tokens.get(caller)!);
    const { status, json, text } = answer;
    const isRefused = status === 403 && json.code === 'forbidden' && text.includes(`"${one.route.access}\\"`);
    if (!isRefused) yield `${caller} may not, but: ${said(answer)}`;
  }
}
