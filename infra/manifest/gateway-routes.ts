/**
 * From a resource to the routes API Gateway must know: `ANY base` and `ANY base/{proxy+}`; the function routes inside
 * with the same table. Public routes of a resource that otherwise needs a credential stand beside them by name.
 */
import type { Resource, Routes } from '../../layers/kernel/http/route.ts';

export interface GatewayRoute {
  /** `ANY /api/billing/meters/{proxy+}` */
  key: string;
  isAuthorized: boolean;
}

/** @param hasCors whether browsers of other origins may call */
export function gatewayRoutes(resource: Resource<Routes>, hasCors: boolean): GatewayRoute[] {
  const routes = Object.values(resource.routes);
  const open = routes.filter(({ access }) => access === 'public');
  const isAuthorized = open.length < routes.length;
  const paths = [resource.base, ...(routes.some(({ path }) => path !== '') ? [greedy(resource.base)] : [])];
  return [
    ...paths.map((path) => ({ key: `ANY ${path}`, isAuthorized })),
    // A preflight carries no credential, and `ANY` would take it to the authorizer; the gateway answers it by itself.
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
    ...(isAuthorized && hasCors ? paths.map((path) => ({ key: `OPTIONS ${path}`, isAuthorized: false })) : []),
    ...(isAuthorized
      ? open.map(({ method, path }) => ({ key: `${method} ${join(resource.base, path)}`, isAuthorized: false }))
      : []),
  ];
}

const greedy = (base: string): string => join(base, '/{proxy+}');

/** The console's base is `/`, and `//{proxy+}` would be another path. */
const join = (base: string, path: string): string => (base === '/' ? path || '/' : base + path);
