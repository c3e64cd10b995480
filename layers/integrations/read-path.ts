/**
 * Reading of values out of a provider's answer by a path such as `data.payments[0].id`. What is not there, or is not of
 * the kind it should be, makes the answer unreadable: the provider may have acted, and nothing is guessed.
 */
import { ProviderError } from './provider.ts';

/** @returns undefined where the path leads nowhere; own properties only, so that a path cannot reach a prototype */
export function at(value: unknown, path: string): unknown {
  let current = value;
  for (const part of path.split(/[.[\]]+/).filter((piece) => piece !== '')) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, part)) return undefined;
    current = (current as Record<string, unknown>)[part];
  }
  return current;
}

/** Text, or a number or boolean as text; undefined for everything else, the empty text too. */
export function optionalTextAt(value: unknown, path: string): string | undefined {
  const found = at(value, path);
  if (typeof found === 'string') return found === '' ? undefined : found;
  return typeof found === 'number' || typeof found === 'boolean' ? String(found) : undefined;
}

/** @throws ProviderError `unreadable_answer` */
export function textAt(value: unknown, path: string): string {
  const found = optionalTextAt(value, path);
  if (found === undefined) throw new ProviderError('unreadable_answer', `The answer has no "${path}".`);
  return found;
}

/** The list at the path; an empty one where there is none. */
export function listAt(value: unknown, path: string): unknown[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}
