/** The operations behind declared CRUD routes: tenant-bound, audited, versioned, with an event per change where one is declared. */

import type { Entity, IndexName, Stored } from '../data/entity.ts';
import { equals } from '../data/expressions.ts';
import type { KeyParts } from '../data/keys.ts';
import type { UnitOfWork } from '../data/unit-of-work.ts';
import { AppError } from '../errors/app-error.ts';
import type { EventDefinition } from '../events/define-event.ts';
import type { Reply, Request } from '../http/route.ts';
import { readHistory } from './history.ts';

export interface CrudOperationSpec<N extends string, P extends string, T extends { id: string }> {
  singular: N;
  plural: P;
  entity: Entity<T, { id: string }>;
  /** Where the list is kept. */
  list: { index: IndexName; pk: KeyParts };
  /** Makes the item from what the client sent. @default the body as it is */
  make?: (body: any, request: Request) => T | Promise<T>;
  /** Checks or writes more in the same transaction. */
  onCreate?: (unit: UnitOfWork, item: T, request: Request) => void | Promise<void>;
  onUpdate?: (unit: UnitOfWork, after: T, before: T, request: Request) => void | Promise<void>;
  /** May refuse by throwing. */
  onDelete?: (unit: UnitOfWork, item: T, request: Request) => void | Promise<void>;
  events?: {
    created?: EventDefinition<string, any>;
    updated?: EventDefinition<string, any>;
    deleted?: EventDefinition<string, any>;
  };
}

type AnyOperation = (request: any) => Promise<Reply<any>>;
export type CrudOperations<N extends string, P extends string> = Record<
  `list${P}` | `get${N}` | `get${N}History` | `create${N}` | `update${N}` | `delete${N}`,
  AnyOperation
>;

export function crudOperations<const N extends string, const P extends string, T extends { id: string }>(
  spec: CrudOperationSpec<N, P, T>,
): CrudOperations<N, P> {
  const { entity } = spec;
  const operations: Record<string, AnyOperation> = {
    [`list${spec.plural}`]: async ({
      session,
      query,
      page,
    }: Request & { session: NonNullable<Request['session']> }) => {
      const { order, ...filters } = (query ?? {}) as Record<string, unknown>;
      const { items, nextCursor } = await session.query<T & Stored>(entity, {
        ...spec.list,
        order: order === 'desc' ? 'descending' : 'ascending',
        limit: page.limit,
        cursor: page.cursor,
        filter: equals(filters),
      });
      return { data: items, pagination: { limit: page.limit, nextCursor } };
    },
    [`get${spec.singular}`]: async ({ session, params }) => ({
      data: await session.require(entity, { id: params.id }),
    }),
    [`get${spec.singular}History`]: readHistory(entity),
    [`create${spec.singular}`]: async (request) => {
      const item: T = spec.make ? await spec.make(request.body, request) : request.body;
      const data = await request.session.transact(entity.table, async (unit: UnitOfWork) => {
        const stored = unit.create(entity, item);
        await spec.onCreate?.(unit, item, request);
        if (spec.events?.created) unit.emit(spec.events.created, { aggregateId: item.id, payload: stored });
        return stored;
      });
      return { data };
    },
    [`update${spec.singular}`]: async (request) => {
      const before: T & Stored = await request.session.require(entity, { id: request.params.id });
      refuseStale(before, request.expectedVersion);
      const data = await request.session.transact(entity.table, async (unit: UnitOfWork) => {
        const after = unit.update(entity, before, request.body);
        await spec.onUpdate?.(unit, after as T, before, request);
        if (spec.events?.updated) unit.emit(spec.events.updated, { aggregateId: before.id, payload: after });
        return after;
      });
      return { data };
    },
    [`delete${spec.singular}`]: async (request) => {
      const before: T & Stored = await request.session.require(entity, { id: request.params.id });
      refuseStale(before, request.expectedVersion);
      await request.session.transact(entity.table, async (unit: UnitOfWork) => {
        unit.delete(entity, before);
        await spec.onDelete?.(unit, before, request);
        if (spec.events?.deleted) unit.emit(spec.events.deleted, { aggregateId: before.id, payload: before });
      });
      return {};
    },
  };
  return operations as CrudOperations<N, P>;
}

/** Refuses a change that was made on an older version than the stored one. */
export function refuseStale(stored: Stored, expectedVersion: number | undefined): void {
  if (expectedVersion !== undefined && expectedVersion !== stored.version) throw new AppError('version_conflict');
}
