/** The audit trail of one entity as a route: who changed it, what, when and from where. */
import * as z from 'zod/mini';
import type { Entity } from '../data/entity.ts';
import type { TenantSession } from '../data/session.ts';
import { notFound } from '../errors/app-error.ts';
import type { Access, Paging, Route } from '../http/route.ts';
import { utcTime } from '../schema/common.ts';

/** One change, as answers tell it. */
export const auditRecord = z.object({
  action: z.enum(['create', 'update', 'delete']),
  /** Changed attributes; secrets show only that they changed. */
  changes: z.record(z.string(), z.object({ old: z.optional(z.unknown()), new: z.optional(z.unknown()) })),
  actor: z.object({ id: z.string(), kind: z.string(), name: z.string() }),
  at: utcTime(),
  clientIp: z.string(),
  userAgent: z.string(),
  correlationId: z.string(),
});

/**
 * @param noun names the entity in the documentation
 * @param params the path parameters of the entity, of which `id` is one
 */
export function historyRoute<const A extends Access, P extends z.ZodMiniObject<any, any>>(
  access: A,
  noun: string,
  params: P,
) {
  return {
    method: 'GET',
    path: '/{id}/history',
    access,
    summary: `Who changed the ${noun}, what, when and from where; newest first.`,
    params,
    response: z.array(auditRecord),
    paginated: true,
    errors: ['not_found'],
  } as const satisfies Route;
}

/** The operation behind the route. What was deleted keeps its history; what never existed is `not_found`. */
export function readHistory(entity: Entity) {
  return async ({ session, params, page }: { session: TenantSession; params: { id: string }; page: Paging }) => {
    const { items, nextCursor } = await session.audit(entity, params.id, page);
    if (items.length === 0 && page.cursor === undefined) throw notFound(entity.name, params.id);
    const data = items.map(({ action, changes, actor, at, clientIp, userAgent, correlationId }) => ({
      action,
      changes,
      actor,
      at,
      clientIp,
      userAgent,
      correlationId,
    }));
    return { data, pagination: { limit: page.limit, nextCursor } };
  };
}
