/**
 * All routes of the product, and how they are walked. A walk sends of every kind some to every route; `MIZAN_TEST_WALKS=all`
 * has it send everything to every route.
 */
import { domains } from '../../../infra/domains.ts';
import type { Resource, Route, Routes } from '../../../layers/kernel/http/route.ts';
import type { ApiAnswer, Mizan } from '../../support/mizan.ts';

export type SharedMizan = Omit<Mizan, 'stop'>;

export interface ListedRoute {
  /** Its operation id. */
  name: string;
  domain: string;
  /** Of the function, such as `billing meters`. */
  functionName: string;
  route: Route;
  path: string;
}

export const routes: readonly ListedRoute[] = domains.flatMap(({ name: domain, resources }) =>
  resources
    .map(({ resource }) => resource as Resource<Routes>)
    .flatMap(({ name, base, routes: own }) =>
      Object.entries(own).map(([operationId, route]) => ({
        name: operationId,
        domain,
        functionName: `${domain} ${name}`,
        route,
        path: base + route.path,
      })),
    ),
);
export const guardedRoutes = routes.filter(({ route }) => route.access !== 'public');

export const walksAll = process.env['MIZAN_TEST_WALKS'] === 'all';

/** The path with one id wherever an id stands. */
export const withId = (path: string, id: string): string => path.replaceAll(/\{\w+\}/g, encodeURIComponent(id));

export const said = ({ status, text }: ApiAnswer): string => `${status} ${text.slice(0, 300)}`;

/** @returns what is wrong with any of the routes, one line each */
export async function findWrong<T extends ListedRoute>(
  cases: Iterable<T>,
  look: (one: T) => AsyncIterable<string>,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const one of cases)
    for await (const problem of look(one)) wrong.push(`${one.route.method} ${one.path} (${one.name}): ${problem}`);
  return wrong;
}
