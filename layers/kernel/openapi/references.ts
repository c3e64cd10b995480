/** What the `$ref`s of a document name. Used where the document is read: by the page, the client's types and the tests. */
import type { Json } from './to-schema.ts';

/** @param reference a JSON Pointer into the document, `#/components/…` (RFC 6901, section 6) @returns undefined when nothing is there */
export function referredTo(document: Json, reference: string): any {
  return reference
    .split('/')
    .slice(1)
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<any>((node, step) => node?.[step], document);
}

/**
 * The value with each reference replaced by what it names, which keeps its name as `$$ref`. What a component refers to is
 * made once, however often it is used; a component that contains itself is cut off where it repeats.
 */
export function inlined(document: Json, value: unknown, made = new Map<string, unknown>()): unknown {
  if (Array.isArray(value)) return value.map((item) => inlined(document, item, made));
  if (typeof value !== 'object' || value === null) return value;
  const { $ref } = value as Json;
  if (typeof $ref !== 'string' || !$ref.startsWith('#/'))
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, inlined(document, part, made)]));
  if (!made.has($ref)) {
    made.set($ref, {});
    made.set($ref, { ...(inlined(document, referredTo(document, $ref), made) as Json), $$ref: $ref });
  }
  return made.get($ref);
}
