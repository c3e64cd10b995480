/** Who may pass a route, and the workspace it names. */
import { isGranted } from '../auth/permissions.ts';
import type { Principal } from '../auth/principal.ts';
import { countRequest, type RateLimit } from '../auth/rate-limit.ts';
import type { TenantSession } from '../data/session.ts';
import { AppError } from '../errors/app-error.ts';
import type { GatewayEvent } from './call.ts';
import { checkNetwork, clientNetwork } from './network.ts';
import { isCounted, type Resource, type Routes } from './route.ts';
import type { RouteMatch } from './router.ts';

export interface ServeOptions<R extends Routes = Routes> {
  /** Logical table that keeps idempotency records: the domain's own. Needed when a route is idempotent. */
  table?: string;
  /**
   * Lets a caller into the workspace that a path names with `{wsId}`, or refuses with `not_found`. Needed when a route has
   * one: operations then get a session bound to the workspace.
   */
  workspaces?: WorkspaceGate;
  /** Requests one address may make to a public route that is not GET. @default 30 a minute, 2,000 a day */
  publicLimits?: { [K in keyof R]?: RateLimit };
}

/** @param isWrite whether the method may change something; an archived workspace can only be read */
export type WorkspaceGate = (
  session: TenantSession,
  principal: Principal,
  workspaceId: string,
  isWrite: boolean,
) => Promise<void>;

/** Network, rate and permission, in that order; returns the limit headers. */
export async function admit(
  { route, operationId }: RouteMatch,
  principal: Principal | undefined,
  event: GatewayEvent,
  options: ServeOptions,
): Promise<Record<string, string>> {
  const clientIp = event.requestContext.http.sourceIp;
  if (!isCounted(route)) return {};
  if (route.access === 'public')
    return countRequest(
      'anonymous',
      `${clientNetwork(clientIp)} ${operationId}`,
      options.publicLimits?.[operationId] ?? { perMinute: 30, perDay: 2000 },
      Date.now(),
    );
  if (principal === undefined)
    throw new AppError('unauthenticated', undefined, { headers: { 'www-authenticate': 'Bearer' } });
  checkNetwork(principal, clientIp, event.headers['origin']);
  const headers = await countRequest(
    principal.tenantId,
    principal.subject,
    principal.limits,
    Date.now(),
    principal.kind === 'api_key' ? operationId : undefined,
  );
  if (route.access !== 'authenticated' && !isGranted(principal.permissions, route.access)) {
    throw new AppError('forbidden', undefined, { values: { permission: route.access }, headers });
  }
  return headers;
}

/** The path parameter that names a workspace, wherever it stands. */
export const workspaceParameter = 'wsId';

/** What would let somebody into a workspace unasked fails when the function starts, not when it is called. */
export function checkWorkspaceRoutes({ base, routes }: Resource<Routes>, { workspaces }: ServeOptions): void {
  const inWorkspaces = Object.entries(routes).filter(([, { path }]) =>
    (base + path).includes(`{${workspaceParameter}}`),
  );
  const open = inWorkspaces.find(([, { access }]) => access === 'public');
  if (open) throw new Error(`The route ${open[0]} names a workspace and is public: nobody could be a member.`);
  if (inWorkspaces.length > 0 && workspaces === undefined)
    throw new Error(`${base} has routes with {${workspaceParameter}}: say who may enter in serve(…, { workspaces }).`);
}
