/**
 * Plain list, get, create, update and delete, declared from a schema instead of written out. Hand-written routes
 * are for behaviour.
 */
import * as z from 'zod/mini';
import type { Access, Route } from '../http/route.ts';
import { changesOf } from '../schema/change-schema.ts';
import { utcTime } from '../schema/common.ts';
import { historyRoute } from './history.ts';

type AnyObject = z.ZodMiniObject<any, any>;

export interface CrudRouteSpec<
  N extends string,
  P extends string,
  S extends AnyObject,
  C extends AnyObject,
  F extends Record<string, z.ZodMiniType>,
> {
  /** `Station`: operation ids become `getStation`, `createStation` … */
  singular: N;
  /** `Stations` */
  plural: P;
  /** `scada:stations`; `:read` and `:write` are appended. */
  permission: `${string}:${string}`;
  /** The whole entity as it is answered, without bookkeeping. */
  schema: S;
  /** What a client sends to create one. */
  create: C;
  /** What a client may change; sent whole with PUT, every field optional. @default every field of `create` but `id` */
  update?: AnyObject;
  id: z.ZodMiniType;
  /** Query parameters of the list that filter by equality. */
  filters: F;
  example?: unknown;
}

const bookkeeping = { version: z.int(), createdAt: utcTime(), updatedAt: utcTime() };

/** The entity as answered: its schema and what the data layer keeps. */
export function storedSchema<S extends AnyObject>(schema: S) {
  return z.extend(schema, bookkeeping);
}

const order = { order: z._default(z.enum(['asc', 'desc']), 'asc') };

/** `ReportSchedule` as people write it. */
const words = (name: string): string => name.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();

/** @returns the six routes, relative to the resource's base */
export function crudRoutes<
  const N extends string,
  const P extends string,
  S extends AnyObject,
  C extends AnyObject,
  F extends Record<string, z.ZodMiniType>,
>(spec: CrudRouteSpec<N, P, S, C, F>) {
  const params = z.object({ id: spec.id });
  const stored = storedSchema(spec.schema);
  const update = spec.update ?? changesOf(spec.create, { fixed: ['id'] });
  const read: Access = `${spec.permission}:read`;
  const write: Access = `${spec.permission}:write`;
  const noun = words(spec.singular);
  const routes = {
    [`list${spec.plural}`]: {
      method: 'GET',
      path: '',
      access: read,
      summary: `List ${words(spec.plural)}.`,
      query: z.object({ ...spec.filters, ...order }),
      response: z.array(stored),
      paginated: true,
    },
    [`get${spec.singular}`]: {
      method: 'GET',
      path: '/{id}',
      access: read,
      summary: `Get one ${noun}.`,
      params,
      response: stored,
      errors: ['not_found'],
      example: spec.example,
    },
    [`create${spec.singular}`]: {
      method: 'POST',
      path: '',
      access: write,
      summary: `Create a ${noun}.`,
      body: spec.create,
      response: stored,
      errors: ['already_exists'],
    },
    [`update${spec.singular}`]: {
      method: 'PUT',
      path: '/{id}',
      access: write,
      summary: `Change a ${noun}; fields left out stay as they are. \`If-Match\` guards against lost updates.`,
      params,
      body: update,
      response: stored,
      errors: ['not_found', 'version_conflict'],
    },
    [`get${spec.singular}History`]: historyRoute(read, noun, params),
    [`delete${spec.singular}`]: {
      method: 'DELETE',
      path: '/{id}',
      access: write,
      summary: `Delete a ${noun}.`,
      params,
      errors: ['not_found', 'version_conflict'],
    },
  } satisfies Record<string, Route>;
  return routes as unknown as CrudRoutes<N, P, S, C, F>;
}

type StoredSchema<S extends AnyObject> = ReturnType<typeof storedSchema<S>>;
type IdParams = z.ZodMiniObject<{ id: z.ZodMiniType<string, string> }>;

export type CrudRoutes<
  N extends string,
  P extends string,
  S extends AnyObject,
  C extends AnyObject,
  F extends Record<string, z.ZodMiniType>,
> = {
  [K in `list${P}`]: Route & {
    access: 'a:b';
    params: undefined;
    query: z.ZodMiniObject<F & typeof order>;
    body: undefined;
    response: z.ZodMiniArray<StoredSchema<S>>;
  };
} & {
  [K in `get${N}`]: Route & {
    access: 'a:b';
    params: IdParams;
    query: undefined;
    body: undefined;
    response: StoredSchema<S>;
  };
} & {
  [K in `create${N}`]: Route & {
    access: 'a:b';
    params: undefined;
    query: undefined;
    body: C;
    response: StoredSchema<S>;
  };
} & {
  [K in `update${N}`]: Route & {
    access: 'a:b';
    params: IdParams;
    query: undefined;
    body: z.ZodMiniObject;
    response: StoredSchema<S>;
  };
} & {
  [K in `get${N}History`]: Route & ReturnType<typeof historyRoute<'a:b', IdParams>>;
} & {
  [K in `delete${N}`]: Route & {
    access: 'a:b';
    params: IdParams;
    query: undefined;
    body: undefined;
    response: undefined;
  };
};
