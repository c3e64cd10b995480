/**
 * The route table. A resource's routes are pure data, and everything else is derived from them: gateway
 * wiring, validation, authorization, OpenAPI, the permission catalogue and the typed client.
 */
import type * as z from 'zod/mini';
import type { Principal } from '../auth/principal.ts';
import type { TenantSession } from '../data/session.ts';
import type { ErrorCode } from '../errors/error-codes.ts';
import type { Locale } from '../i18n/locale.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Nobody logged in (`public`), anybody logged in (`authenticated`), or a permission string such as `billing:meters:read`. */
export type Access = 'public' | 'authenticated' | `${string}:${string}`;

type AnyObject = z.ZodMiniObject<any, any>;

export interface Route {
  method: Method;
  /** Relative to the resource's base, in API Gateway's style: `''`, `/{id}`, `/{id}/readings`. */
  path: string;
  access: Access;
  /** One sentence, shown in the documentation. */
  summary: string;
  /** Longer text in Markdown. */
  description?: string;
  params?: AnyObject;
  /** Parameters of the path that are credentials: kept out of the log. @default none */
  secretParams?: readonly string[];
  query?: AnyObject;
  body?: z.ZodMiniType;
  /** Shape of `data` in the answer, or of the whole body when `envelope` is false. Absent: no content, or not JSON. */
  response?: z.ZodMiniType;
  /** Whether the answer is `{ success, data, pagination? }`. @default true */
  envelope?: boolean;
  /** Adds `pagination` to the answer and `limit` and `cursor` to the query. @default false */
  paginated?: boolean;
  /** @default 200, or 201 for POST with a response, or 204 without a response */
  status?: number;
  /** Other statuses of success that the operation may answer with, such as 202 where it goes on in the background. @default none */
  otherStatuses?: readonly number[];
  /** Error codes beyond those any route can return. */
  errors?: readonly ErrorCode[];
  /** Whether `Idempotency-Key` is honoured. @default true for POST that is not public */
  idempotent?: boolean;
  /** Content type of an answer that is not JSON, e.g. `text/html`. */
  contentType?: string;
  /** A sample answer for the documentation. */
  example?: unknown;
  /** Left out of the documentation: pages and their assets. @default false */
  hidden?: boolean;
}

export type Routes = Record<string, Route>;

export interface Resource<R extends Routes = Routes> {
  /** Unique in the domain; names the function, e.g. `meters`. */
  name: string;
  /** `/api/billing/meters` */
  base: string;
  /** Heading in the documentation. */
  title: string;
  routes: R;
}

/** Declares a resource; the keys of `routes` are operation ids, unique in the product. */
export function defineResource<const R extends Routes>(resource: Resource<R>): Resource<R> {
  return resource;
}

type Infer<S> = S extends z.ZodMiniType ? z.infer<S> : undefined;

export interface Paging {
  /** Page size, 1 to 200. */
  limit: number;
  cursor: string | undefined;
}

/** Everything an operation may know of a request. */
export interface Request<R extends Route = Route> {
  params: Infer<R['params']>;
  query: Infer<R['query']>;
  body: Infer<R['body']>;
  /** Present on paginated routes. */
  page: Paging;
  principal: R['access'] extends 'public' ? Principal | undefined : Principal;
  /** Data access bound to the caller's tenant. On public routes a tenant must be established first, see `openSession`. */
  session: R['access'] extends 'public' ? undefined : TenantSession;
  locale: Locale;
  correlationId: string;
  clientIp: string;
  userAgent: string;
  headers: Readonly<Record<string, string | undefined>>;
  /** The version in `If-Match`, for optimistic locking. */
  expectedVersion: number | undefined;
  /** The request as it came, for signatures over its bytes. */
  received: ReceivedRequest;
}

export interface ReceivedRequest {
  method: string;
  /** As the caller wrote it. */
  url: string;
  query: Readonly<Record<string, string>>;
  /** Exactly as received. */
  rawBody: Uint8Array;
}

/** What an operation answers. */
export interface Reply<D = unknown> {
  data?: D;
  pagination?: Pagination;
  status?: number;
  headers?: Record<string, string>;
  /** Body that is not JSON; `data` is ignored. */
  raw?: { body: string; base64?: boolean; contentType: string };
}

export interface Pagination {
  limit: number;
  /** Pass it as `cursor` to get the next page; null on the last page. */
  nextCursor: string | null;
}

export type Operation<R extends Route> = (request: Request<R>) => Promise<Reply<ResponseData<R>>>;
type ResponseData<R extends Route> = R['response'] extends z.ZodMiniType ? z.input<R['response']> : undefined;

/** One function per route; a missing one is a compile error. */
export type Operations<R extends Routes> = { [K in keyof R]: Operation<R[K]> };

export const statusOf = (route: Route): number =>
  route.status ?? (route.method === 'POST' && route.response ? 201 : route.response || route.contentType ? 200 : 204);

/** Whether requests count against a limit of the caller, or of the address they come from: only public reading does not. */
export const isCounted = (route: Route): boolean => route.access !== 'public' || route.method !== 'GET';

export const isIdempotent = (route: Route): boolean =>
  route.idempotent ?? (route.method === 'POST' && route.access !== 'public');
