/**
 * Reading routes: meters in the order in which somebody walks to them in a period. The head says whose the route is; each
 * stop is a row of its own, so that two who work at one route never wait for each other.
 */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { notFound } from '../../../layers/kernel/errors/app-error.ts';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { generatedId, label, utcTime } from '../../../layers/kernel/schema/common.ts';
import { localDate } from '../../../layers/tariff/tariff-schema.ts';

export const routeStatuses = ['open', 'closed'] as const;
/** `read` outlasts `no_access`, whichever of the two comes in first. */
const stopStatuses = ['open', 'no_access', 'read'] as const;

export const createRouteSchema = z.object({
  name: label(100),
  /** Month that is read, `2026-06`. */
  period: z
    .string()
    .check(
      z.regex(/^\d{4}-(0[1-9]|1[0-2])$/, fieldMessage('Not a month such as "2026-06".', 'ليس شهرًا مثل "2026-06".')),
    ),
  /** Last local day for it. */
  dueDate: localDate(),
  /** User who walks it. */
  assigneeId: z.optional(generatedId('usr')),
});

const readingRouteSchema = z.extend(createRouteSchema, {
  id: z.string(),
  status: z.enum(routeStatuses),
  /** Who had it before: what they took in offline still counts. */
  formerAssigneeIds: z.array(z.string()),
});

export const stopSchema = z.object({
  routeId: z.string(),
  meterId: z.string(),
  /** Place in the walk, from 1. */
  sequence: z.int(),
  /** For whoever walks there. */
  note: z.optional(z.string()),
  status: z.enum(stopStatuses),
  /** Grows with each edit of place or note, not with visits: what an offline edit is held against. */
  editVersion: z.int(),
  visitedAt: z.optional(utcTime()),
});

export const storedRouteSchema = storedSchema(readingRouteSchema);
export type ReadingRoute = z.infer<typeof readingRouteSchema>;
export type RouteStop = z.infer<typeof stopSchema>;
export type StoredRoute = ReadingRoute & Stored;
export type StoredStop = RouteStop & Stored;

export const readingRouteEntity = defineEntity<ReadingRoute>()({
  name: 'reading route',
  table: 'billing',
  key: ({ id }) => ({ pk: ['READING-ROUTE', id], sk: ['READING-ROUTE'] }),
  indexes: {
    gsi1: ({ id, period }) => ({ pk: ['READING-ROUTES'], sk: [period, id] }),
    gsi2: ({ id, assigneeId, dueDate, status }) =>
      assigneeId === undefined || status === 'closed'
        ? undefined
        : { pk: ['ROUTES-OF', assigneeId], sk: [dueDate, id] },
  },
  idOf: ({ id }) => id,
});

const place = (sequence: number): string => String(sequence).padStart(6, '0');

export const stopEntity = defineEntity<RouteStop, Pick<RouteStop, 'routeId' | 'meterId'>>()({
  name: 'route stop',
  table: 'billing',
  key: ({ routeId, meterId }) => ({ pk: ['READING-ROUTE', routeId], sk: ['STOP', meterId] }),
  indexes: {
    gsi1: ({ routeId, sequence, meterId }) => ({ pk: ['ROUTE-STOPS', routeId], sk: [place(sequence), meterId] }),
    gsi2: (stop) => ({ pk: ['STOP-CHANGES', stop.routeId], sk: [(stop as StoredStop).updatedAt, stop.meterId] }),
  },
  idOf: ({ meterId }) => meterId,
});

/**
 * A route of the caller. One that was given to somebody else meanwhile still takes what was done before.
 * @throws AppError `not_found` for everybody else's
 */
export async function requireOwnRoute(
  session: TenantSession,
  userId: string,
  routeId: string,
  { orFormer = false } = {},
): Promise<StoredRoute> {
  const route = await session.require(readingRouteEntity, { id: routeId });
  if (route.assigneeId === userId || (orFormer && route.formerAssigneeIds.includes(userId))) return route;
  throw notFound(readingRouteEntity.name, routeId);
}
