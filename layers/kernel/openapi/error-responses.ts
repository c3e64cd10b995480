/** The refusals an operation documents, one response per status; the same set of codes is one component of the document. */
import { AppError } from '../errors/app-error.ts';
import { type ErrorCode, errorStatus } from '../errors/error-codes.ts';
import { type Problem, toProblem } from '../errors/problem.ts';
import { isCounted, isIdempotent, type Route } from '../http/route.ts';
import { errorMessages } from '../i18n/messages.ts';
import { pascalCase } from './component-names.ts';
import { plainHeaders, retryHeaders } from './shared-components.ts';
import type { Json } from './to-schema.ts';

const everyCode = Object.keys(errorStatus) as ErrorCode[];

/** Whether anything of a request can be wrong; an `Idempotency-Key` has a longest length. */
const hasInput = (route: Route): boolean =>
  [route.params, route.query, route.body].some(Boolean) || route.paginated === true || isIdempotent(route);

/** Errors any route can return. */
const commonErrors = (route: Route): ErrorCode[] => [
  ...(hasInput(route) ? (['validation_failed'] as const) : []),
  ...(route.body ? (['malformed_request', 'payload_too_large', 'unsupported_media_type'] as const) : []),
  ...(route.access === 'public' ? [] : (['unauthenticated'] as const)),
  ...(isCounted(route) ? (['rate_limited'] as const) : []),
  ...(route.access === 'public' || route.access === 'authenticated' ? [] : (['forbidden'] as const)),
  ...(route.paginated ? (['invalid_cursor'] as const) : []),
  ...(isIdempotent(route)
    ? (['idempotency_in_progress', 'idempotency_key_reused', 'idempotency_answer_lost'] as const)
    : []),
  'internal',
];

/** @returns references by status; what they name is added to `components` */
export function errorsOf(route: Route, components: Json): Json {
  const listed = new Set([...(route.errors ?? []), ...commonErrors(route)]);
  // In the order of the table, so that the same codes are the same component however a route lists them.
  const codes = everyCode.filter((code) => listed.has(code));
  const answers = Map.groupBy(codes, (code) => errorStatus[code]);
  return Object.fromEntries([...answers].map(([status, list]) => [status, referTo(list, components)]));
}

/** The throttle of the whole installation answers before any function does. */
export const throttled: Json = { $ref: '#/components/responses/Throttled' };
export const throttledResponse: Json = {
  description: 'Asked too often, said by the gateway: not a problem document.',
};

/** Refusals that say when to try again. */
const passing: readonly ErrorCode[] = ['rate_limited', 'idempotency_in_progress'];

function referTo(codes: readonly ErrorCode[], components: Json): Json {
  const name = codes.map(pascalCase).join('Or');
  components[name] ??= {
    description: codes.map((code) => `\`${code}\`: ${errorMessages[code].en}`).join('\n\n'),
    headers: { ...plainHeaders, ...(codes.some((code) => passing.includes(code)) ? retryHeaders : {}) },
    content: {
      'application/problem+json': {
        schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: codes } } }] },
        example: exampleOf(codes[0]!),
      },
    },
  };
  return { $ref: `#/components/responses/${name}` };
}

/** What the messages of errors are filled with in examples. */
const values = {
  entity: 'meter',
  id: 'MTR-001',
  permission: 'billing:meters:read',
  retryAfterSeconds: 30,
  causes: 'the provider did not answer.',
};
const wrongField = { in: 'body', path: '/id', message: 'Use 1 to 64 letters, digits, ".", "_" or "-".' } as const;

function exampleOf(code: ErrorCode): Problem {
  const options = { values, ...(code === 'validation_failed' ? { details: [wrongField] } : {}) };
  return toProblem(new AppError(code, undefined, options), 'en', 'cor_01JGFJJZ00ABCDEFGHJKMNPQRS').problem;
}
