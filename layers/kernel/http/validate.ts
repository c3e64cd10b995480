/** Turns the parts of a gateway request into the typed input of an operation, or refuses them with every field that is wrong. */
import type * as z from 'zod/mini';
import { AppError, type ErrorDetail } from '../errors/app-error.ts';
import { forReader } from '../i18n/field-message.ts';
import type { Locale } from '../i18n/locale.ts';
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

/** @param locale language of the messages about wrong fields */
export function validate(route: Route, raw: RawRequest, locale: Locale): ValidInput {
  const details: ErrorDetail[] = [];
  const check = (schema: z.ZodMiniType | undefined, part: ErrorDetail['in'], value: unknown): unknown => {
    if (schema === undefined) return undefined;
    const result = forReader(locale, (options) => schema.safeParse(value, options));
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

/** DynamoDB stores 32 levels, and what walks a value recursively must not run out of stack. */
const maxDepth = 30;

/** Looks at the text, so that nothing deep is ever built. */
function isNestedDeeper(text: string, limit: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === quote) i = endOfString(text, i);
    else if (code === openBrace || code === openBracket) {
      depth += 1;
      if (depth > limit) return true;
    } else if (code === closeBrace || code === closeBracket) depth -= 1;
  }
  return false;
}

const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d];

function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === backslash) i += 1;
    else if (code === quote) return i;
  }
  return text.length;
}

function parseBody(raw: RawRequest): unknown {
  if (raw.body === undefined || raw.body === '') return undefined;
  if (raw.contentType !== undefined && !/^application\/(?:[\w.+-]+\+)?json\b/i.test(raw.contentType)) {
    throw new AppError('unsupported_media_type');
  }
  if (isNestedDeeper(raw.body, maxDepth))
    throw new AppError('malformed_request', `The body is nested deeper than ${maxDepth} levels.`);
  try {
    return JSON.parse(raw.body);
  } catch (cause) {
    throw new AppError('malformed_request', undefined, { cause });
  }
}
