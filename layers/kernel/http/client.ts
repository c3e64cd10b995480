/**
 * A typed client derived from a resource's route table: the call's input and answer have the types the function
 * validates. Used by tests, the simulator and tools; partners have OpenAPI.
 */
import type * as z from 'zod/mini';
import type { Problem } from '../errors/problem.ts';
import type { Pagination, Resource, Route, Routes } from './route.ts';

export interface ClientOptions {
  baseUrl: string;
  /** Access token or API key. */
  token?: string;
  headers?: Record<string, string>;
}

type In<S> = S extends z.ZodMiniType ? z.input<S> : undefined;
type Out<S> = S extends z.ZodMiniType ? z.output<S> : undefined;

interface CallOptions {
  idempotencyKey?: string;
  ifMatch?: number;
  headers?: Record<string, string>;
}

type Paged<R extends Route> = R['paginated'] extends true ? { limit?: number; cursor?: string } : object;
type QueryInput<R extends Route> = R['query'] extends z.ZodMiniType ? Partial<In<R['query']>> & Paged<R> : Paged<R>;

type CallInput<R extends Route> = (R['params'] extends z.ZodMiniType ? { params: In<R['params']> } : object) &
  (R['body'] extends z.ZodMiniType ? { body: In<R['body']> } : object) & { query?: QueryInput<R> } & CallOptions;

export interface Answer<D> {
  status: number;
  headers: Headers;
  data: D;
  pagination: Pagination | undefined;
}

export type Client<R extends Routes> = {
  [K in keyof R]: (input: CallInput<R[K]>) => Promise<Answer<Out<R[K]['response']>>>;
};

/** What a client throws for an answer that is not 2xx. */
export class ApiError extends Error {
  readonly status: number;
  readonly problem: Problem;
  readonly headers: Headers;
  constructor(problem: Problem, status: number, headers: Headers) {
    super(`${status} ${problem.code ?? ''}: ${problem.detail ?? problem.message ?? ''}`);
    this.name = 'ApiError';
    this.status = status;
    this.problem = problem;
    this.headers = headers;
  }
}

export function createClient<R extends Routes>(resource: Resource<R>, options: ClientOptions): Client<R> {
  const calls = Object.entries(resource.routes).map(([operationId, route]) => [
    operationId,
    (input: any) => call(resource.base, route, options, input),
  ]);
  return Object.fromEntries(calls) as Client<R>;
}

async function call(
  base: string,
  route: Route,
  options: ClientOptions,
  input: { params?: Record<string, string>; query?: Record<string, unknown>; body?: unknown } & CallOptions = {},
): Promise<Answer<any>> {
  const path = (base + route.path).replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(input.params?.[name])),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {}))
    if (value !== undefined) query.set(name, String(value));
  const response = await fetch(`${options.baseUrl.replace(/\/$/, '')}${path}${query.size > 0 ? `?${query}` : ''}`, {
    method: route.method,
    redirect: 'manual',
    headers: {
      ...(options.token ? { authorization: `Bearer ${options.token}` } : {}),
      ...(input.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(input.idempotencyKey ? { 'idempotency-key': input.idempotencyKey } : {}),
      ...(input.ifMatch === undefined ? {} : { 'if-match': `"${input.ifMatch}"` }),
      ...options.headers,
      ...input.headers,
    },
    ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
  });
  const text = await response.text();
  const json =
    /\bjson\b/.test(response.headers.get('content-type') ?? '') && text !== '' ? JSON.parse(text) : undefined;
  if (!response.ok)
    throw new ApiError(json ?? { code: 'internal', detail: text.slice(0, 200) }, response.status, response.headers);
  return {
    status: response.status,
    headers: response.headers,
    data: route.envelope === false ? json : json?.data,
    pagination: json?.pagination,
  };
}
