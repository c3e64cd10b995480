/** Turns the parts of a gateway request into the typed input of an operation, or refuses them with every field that is wrong. */
import type * as z from 'zod/mini';
import { AppError, type ErrorDetail } from '../errors/app-error.ts';
import { pagingQuery } from '../schema/common.ts';
import type { Paging, Route } from './route.ts';

export interface RawRequest {
  params: Record<string, string>;
  query: Record<string, string>;
  body: string | undefined;
  contentType: string | undefined;
}

export interface ValidInput {
  params: unknown;
  query: unknown;
  body: unknown;
  page: Paging;
}

export function validate(route: Route, raw: RawRequest): ValidInput {
  const details: ErrorDetail[] = [];
  const check = (schema: z.ZodMiniType | undefined, part: ErrorDetail['in'], value: unknown): unknown => {
    if (schema === undefined) return undefined;
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      details.push({
        in: part,
        path: issue.path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
        message: issue.message,
      });
    }
    return undefined;
  };
  const params = check(route.params, 'path', raw.params);
  const page = route.paginated
    ? check(pagingQuery, 'query', { limit: raw.query['limit'], cursor: raw.query['cursor'] })
    : undefined;
  const query = check(route.query, 'query', raw.query);
  const body = route.body === undefined ? undefined : check(route.body, 'body', parseBody(raw));
  if (details.length > 0) throw new AppError('validation_failed', undefined, { details });
  return { params, query, body, page: { limit: 50, cursor: undefined, ...(page as Partial<Paging> | undefined) } };
}

function parseBody(raw: RawRequest): unknown {
  if (raw.body === undefined || raw.body === '') return undefined;
  if (raw.contentType !== undefined && !/^application\/(?:[\w.+-]+\+)?json\b/i.test(raw.contentType)) {
    throw new AppError('unsupported_media_type');
  }
  try {
    return JSON.parse(raw.body);
  } catch (cause) {
    throw new AppError('malformed_request', undefined, { cause });
  }
}
