/**
 * Hostile bodies and queries. What the pipeline refuses before any operation (`validate`) is tried here without the platform,
 * all of it; over HTTP goes what reaches an operation as something of its own, and some of the rest: every route meets several
 * kinds, and every kind some thirty routes of many functions.
 */
import { isDeepStrictEqual } from 'node:util';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import type { GatewayEvent } from '../../../layers/kernel/http/call.ts';
import { bodyText } from '../../../layers/kernel/http/read-request.ts';
import { createRouter } from '../../../layers/kernel/http/router.ts';
import { type ValidInput, validate } from '../../../layers/kernel/http/validate.ts';
import { faultOf, showsInsides } from './answers.ts';
import { guardedRoutes, type ListedRoute, type SharedMizan, walksAll, withId } from './routes.ts';

/** What an operation would get of a request. @returns undefined where the pipeline refuses it, as it should */
function inputOf(
  { route, path, functionName }: ListedRoute,
  id: string,
  query: string,
  body?: string,
): ValidInput | undefined {
  const found = createRouter({ name: functionName, base: '', title: '', routes: { it: { ...route, path } } })(
    route.method,
    withId(path, id),
  );
  if (found === undefined || !('params' in found)) throw new Error(`${path} does not match itself.`);
  try {
    return validate(
      route,
      {
        params: found.params,
        query: Object.fromEntries(new URLSearchParams(query)),
        body: bodyText({ body, isBase64Encoded: false } as GatewayEvent),
        contentType: 'application/json',
      },
      'en',
    );
  } catch (error) {
    if (isAppError(error) && error.status < 500) return undefined;
    throw new Error(`${path} fails of ${(body ?? query).slice(0, 100)}`, { cause: error });
  }
}

const deep = (open: string, close: string, depth: number): string => `${open.repeat(depth)}1${close.repeat(depth)}`;
const bodies: Record<string, string> = {
  'a prototype': '{"__proto__":{"isAdmin":true,"permissions":["*"]},"constructor":{"prototype":{"isAdmin":true}}}',
  'a prototype in every field':
    '{"id":{"__proto__":{}},"name":{"__proto__":[]},"filter":{"__proto__":{"a":[1]}},"headers":{"__proto__":"x"}}',
  'lists 100,000 deep': deep('[', ']', 100_000),
  'objects 90,000 deep': deep('{"filter":', '}', 90_000),
  'objects 40 deep': `{"name":"n","filter":${deep('{"a":', '}', 40)}}`,
  'more than 1 MiB': `{"name":"${'x'.repeat(1024 * 1024)}"}`,
  'a string': '"__proto__"',
  'a list': '[1]',
  'a number out of range': '{"id":1e400,"version":1e400,"limit":-0}',
  'operators of other databases': '{"id":{"$gt":""},"name":{"$where":"sleep(1)"},"email":"\' OR 1=1 --"}',
  'half a surrogate': '{"id":"\\ud800","name":"\\udfff\\ud800"}',
  'a null byte': '{"id":"a\\u0000b","name":"a\\u0000"}',
  'not JSON': '{"a":1,}',
  'two documents': '{}{}',
  'a byte order mark': '\ufeff{}',
};
export const bodyKinds: readonly string[] = Object.keys(bodies);

const withBody = guardedRoutes.filter(({ route }) => route.body !== undefined);
const lists = guardedRoutes.filter(({ route }) => route.method === 'GET' && route.paginated);

/** The kinds of bodies that a route meets over HTTP, by its operation id. */
export const bodiesMet: ReadonlyMap<string, readonly string[]> = new Map(
  withBody.map((one, i) => [
    one.name,
    bodyKinds.filter(
      (kind, j) => walksAll || (i + j) % 7 === 0 || inputOf(one, 'unknown-1', '', bodies[kind]) !== undefined,
    ),
  ]),
);

export async function* withHostileBodies({ south }: SharedMizan, one: ListedRoute): AsyncGenerator<string> {
  for (const kind of bodiesMet.get(one.name) ?? []) {
    const answer = await south.api(one.route.method, withId(one.path, 'unknown-1'), bodies[kind]);
    const fault = showsInsides(answer.text) ? 'shows insides' : faultOf(answer, one.name);
    if (fault !== undefined) yield `${kind}: ${fault}`;
  }
}

const cursorOf = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const cursors = ({ north, south }: SharedMizan): string[] => [
  "' OR 1=1 --",
  cursorOf({ pk: `T#${north.id}#STATION` }),
  cursorOf({ pk: `T#${south.id}#X`, sk: '1' }),
  cursorOf(['a']),
  cursorOf(['']),
  cursorOf(['x'.repeat(1500)]),
  'A'.repeat(3000),
];
const queries = (mizan: SharedMizan): string[] => [
  ...cursors(mizan).map((cursor) => `cursor=${cursor}`),
  'limit=-1',
  'limit=1e9',
  'limit=NaN',
  'limit[]=5',
  'status[$ne]=x',
  'status=%00',
  "type=*';--",
  'type=%23%25',
  'from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z',
  'from=%ff',
  '__proto__=1&constructor=2',
  'order=desc; DROP',
  `search=${'%25'.repeat(500)}`,
];

/** The first kinds, which every list meets: no cursor at all, and one of another tenant. */
const everywhere = 2;

/** Whether an operation gets something that it would not get without the query. Of the cursors each list meets some. */
function isOwnInput(list: ListedRoute, id: string, query: string): boolean {
  if (query.startsWith('cursor=')) return false;
  const input = inputOf(list, id, query);
  return input !== undefined && !isDeepStrictEqual(input, inputOf(list, id, ''));
}

export async function* withHostileQueries(mizan: SharedMizan, list: ListedRoute): AsyncGenerator<string> {
  const i = lists.indexOf(list);
  if (i < 0) return;
  const [id] = mizan.south.meterIds as [string];
  for (const [j, query] of queries(mizan).entries()) {
    const isSampled = walksAll || j < everywhere || (i + j) % (query.startsWith('cursor=') ? 3 : 6) === 0;
    if (!isSampled && !isOwnInput(list, id, query)) continue;
    const answer = await mizan.south.api('GET', `${withId(list.path, id)}?${query}`);
    const fault =
      showsInsides(answer.text) || answer.text.includes(mizan.north.id) ? 'shows insides' : faultOf(answer, list.name);
    if (fault !== undefined) yield `${query.slice(0, 80)}: ${fault}`;
  }
}
