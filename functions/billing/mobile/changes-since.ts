/**
 * What changed on the caller’s routes since the device asked last. States are told and not steps, so telling one twice is
 * harmless; the cursor lags behind for writes that were under way while it was made.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { Page, TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { type RouteStop, readingRouteEntity, type StoredRoute, stopEntity } from './route-entity.ts';

const lagMs = 120_000;
/** Of a route with more changes the stops are fetched anew. */
const mostChanges = 200;
const maxRoutes = 200;

/** Open routes of a person, the first due first. */
export const routesOf = (
  session: TenantSession,
  userId: string,
  page: { limit: number; cursor?: string | undefined },
): Promise<Page<StoredRoute>> =>
  session.query<StoredRoute>(readingRouteEntity, { index: 'gsi2', pk: ['ROUTES-OF', userId], ...page });

export async function changesSince(session: TenantSession, userId: string, cursor: string | undefined) {
  const since = cursor === undefined ? undefined : readCursor(cursor);
  const now = Date.parse(session.context.now());
  const { items: routes } = await routesOf(session, userId, { limit: maxRoutes });
  const stops: (RouteStop & Stored)[] = [];
  const reload: string[] = [];
  await Promise.all(
    routes.map(async ({ id, updatedAt }) => {
      // One that was given to the caller meanwhile, or lost a stop: what did not change since is not what the device has.
      if (since === undefined || updatedAt >= since) {
        reload.push(id);
        return;
      }
      const page = await session.query<RouteStop & Stored>(stopEntity, {
        index: 'gsi2',
        pk: ['STOP-CHANGES', id],
        from: [since],
        limit: mostChanges,
      });
      if (page.nextCursor === null) stops.push(...page.items);
      else reload.push(id);
    }),
  );
  return {
    /** Every open route of the caller; the device drops others. */
    routeIds: routes.map(({ id }) => id),
    routes: routes.filter(({ updatedAt }) => since === undefined || updatedAt >= since),
    stops,
    reload: reload.sort(),
    cursor: Buffer.from(new Date(now - lagMs).toISOString()).toString('base64url'),
  };
}

function readCursor(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text)) throw new AppError('invalid_cursor');
  return text;
}
