/** What people and programs may see of an answer: what is documented, and nothing of our insides. */
import { expect } from 'vitest';
import { domains } from '../../../infra/domains.ts';
import { buildOpenApi } from '../../../layers/kernel/openapi/build-openapi.ts';
import { inlined } from '../../../layers/kernel/openapi/references.ts';
import type { Json } from '../../../layers/kernel/openapi/to-schema.ts';
import type { ApiAnswer } from '../../support/mizan.ts';

const insides = /\bat .+\.(?:js|mjs|ts):\d+|node_modules|DynamoDB|ValidationException|"stack"|T#tenant/;

export const showsInsides = (text: string): boolean => insides.test(text);

export function expectNoInsides({ text }: { text: string }): void {
  expect(text).not.toMatch(insides);
}

/** A refusal people and programs can read, without a word about our insides. */
export function expectRefused(answer: ApiAnswer): void {
  expect(answer.status, answer.text.slice(0, 300)).toBeGreaterThanOrEqual(400);
  expect(answer.status, answer.text.slice(0, 300)).toBeLessThan(500);
  expect(answer.json).toMatchObject({ success: false, code: expect.any(String), correlationId: expect.any(String) });
  expectNoInsides(answer);
}

export interface Operation {
  id: string;
  method: string;
  path: string;
  operation: Json;
}

export const built = buildOpenApi(domains, { title: 'Mizan API', version: '0', description: '' });
export const operations: readonly Operation[] = Object.entries(inlined(built, built['paths']) as Json).flatMap(
  ([path, item]) =>
    Object.entries(item as Json).map(([method, operation]: [string, any]) => ({
      id: String(operation.operationId),
      method,
      path,
      operation,
    })),
);
const byId = new Map(operations.map((one) => [one.id, one.operation]));

/** @returns what of an answer is not as documented, or says too much */
export function faultOf(answer: ApiAnswer, operationId: string): string | undefined {
  const { status, json, text, headers } = answer;
  const said = `${status} ${text.slice(0, 300)}`;
  if (status >= 500) return said;
  if (status >= 400 && showsInsides(text)) return `shows insides: ${said}`;
  const operation = byId.get(operationId);
  // Pages and what belongs to them are not in the document.
  if (operation === undefined) return undefined;
  const response = operation['responses'][status];
  if (response === undefined) return `the status is not documented: ${said}`;
  for (const name of ['X-Correlation-Id', 'ETag'])
    if (headers.has(name) && !(name in (response.headers ?? {}))) return `${name} is not documented: ${said}`;
  const [type] = Object.keys(response.content ?? {});
  if (type !== undefined && !headers.get('content-type')?.includes(type))
    return `${headers.get('content-type')} instead of ${type}: ${said}`;
  if (status < 400) return undefined;
  if (json?.success !== false || typeof json.code !== 'string' || typeof json.correlationId !== 'string')
    return `no problem: ${said}`;
  const codes: string[] = response.content['application/problem+json'].schema.allOf[1].properties.code.enum;
  return codes.includes(json.code) ? undefined : `the code is not documented: ${said}`;
}
