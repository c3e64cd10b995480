/**
 * Event patterns: compiled once, then a pure predicate over events. Used by rules and archives, and in the
 * narrower dialect of pipes and event source mappings. Semantics follow the EventBridge User Guide,
 * "Creating Amazon EventBridge event patterns" and "Comparison operators for use in event patterns".
 */
import { compileCondition, type LeafTest, PatternError } from './pattern-condition.ts';

export { PatternError } from './pattern-condition.ts';

/** `pipe` is what Pipes and Lambda filters support: without wildcard and without anything-but other than on whole values. */
export type PatternDialect = 'bus' | 'pipe';

export type Matcher = (event: unknown) => boolean;

/**
 * @param pattern the JSON text or the parsed object
 * @throws PatternError with the reason EventBridge would refuse it for
 */
export function compilePattern(pattern: string | object, dialect: PatternDialect = 'bus'): Matcher {
  const parsed = typeof pattern === 'string' ? parse(pattern) : pattern;
  if (!isObject(parsed)) throw new PatternError('the pattern must be a JSON object.');
  return compileObject(parsed, dialect, '');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PatternError(`it is not JSON: ${(cause as Error).message}.`);
  }
}

/** Fields of one object are combined with "and"; `$or` takes alternatives of such objects. */
function compileObject(pattern: Record<string, unknown>, dialect: PatternDialect, path: string): Matcher {
  const names = Object.keys(pattern);
  if (names.length === 0) throw new PatternError(`empty objects are not allowed${at(path)}.`);
  const fields = names.map((name): Matcher => {
    const value = pattern[name];
    if (name === '$or') return compileOr(value, dialect, path);
    const field = compileField(value, dialect, path === '' ? name : `${path}.${name}`);
    return (event) => field(isObject(event) && Object.hasOwn(event, name) ? event[name] : undefined);
  });
  const matches: Matcher = (event) => fields.every((field) => field(event));
  // All fields of a pattern must match in the same element of an array of objects.
  return (event) =>
    Array.isArray(event) && event.length > 0 ? event.some((element) => matches(element)) : matches(event);
}

function compileOr(value: unknown, dialect: PatternDialect, path: string): Matcher {
  if (!Array.isArray(value) || value.length < 2 || !value.every(isObject))
    throw new PatternError(`"$or" needs an array of at least two objects${at(path)}.`);
  const alternatives = value.map((alternative) => compileObject(alternative, dialect, path));
  return (event) => alternatives.some((alternative) => alternative(event));
}

function compileField(value: unknown, dialect: PatternDialect, path: string): Matcher {
  if (isObject(value)) return compileObject(value, dialect, path);
  if (!Array.isArray(value)) throw new PatternError(`"${path}" must be an object or an array.`);
  if (value.length === 0) throw new PatternError(`empty arrays are not allowed${at(path)}.`);
  const tests = value.map((condition) => compileCondition(condition, dialect, path));
  return (actual) => matchesLeaf(tests, actual);
}

/** An array in the event matches when any of its elements does; objects and empty arrays are no leaves. */
function matchesLeaf(tests: LeafTest[], actual: unknown): boolean {
  if (Array.isArray(actual) && actual.length > 0) return actual.some((element) => matchesLeaf(tests, element));
  const leaf =
    isObject(actual) || Array.isArray(actual) ? undefined : (actual as string | number | boolean | null | undefined);
  return tests.some((test) => test(leaf));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function at(path: string): string {
  return path === '' ? '' : ` at "${path}"`;
}
