/** The portal for the customers' app: the same routes and operations at versioned paths, so that an app in people's pockets can stay old. */
import { defineResource, type Operations, type Routes } from '../../../layers/kernel/http/route.ts';
import { portal } from './routes.ts';

/** Operation ids are unique in the product. */
type Mounted<R> = { [K in keyof R & string as `app${Capitalize<K>}`]: R[K] };

const mountedName = (name: string): string => `app${name[0]!.toUpperCase()}${name.slice(1)}`;

/** The profile is the customer himself; a ticket needs no desk around it. */
const mountedPath = (path: string): string => path.replace(/^\/profile$/, '').replace(/^\/support\//, '/');

function mountRoutes<R extends Routes>(routes: R): Mounted<R> {
  return Object.fromEntries(
    Object.entries(routes).map(([name, route]) => [mountedName(name), { ...route, path: mountedPath(route.path) }]),
  ) as Mounted<R>;
}

export function mountOperations<R extends Routes>(operations: Operations<R>): Operations<Mounted<R>> {
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [mountedName(name), operation]),
  ) as unknown as Operations<Mounted<R>>;
}

export const customerApp = defineResource({
  name: 'customer-app',
  base: '/api/v1/customers/me',
  title: 'Customer app',
  routes: mountRoutes(portal.routes),
});
