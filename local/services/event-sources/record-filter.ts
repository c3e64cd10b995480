/**
 * FilterCriteria of event source mappings and pipes: records that match none of the filters are dropped.
 * @see Lambda Developer Guide, "Control which events Lambda sends to your function", "Properly filtering Amazon SQS messages"
 */
import { ConfigurationError } from '../../runtime/types.ts';
import { compilePattern, type Matcher } from '../eventbridge/pattern.ts';

interface FilterCriteria {
  Filters?: { Pattern?: string }[];
}

/** @throws ConfigurationError naming `owner` for a pattern the service would refuse */
export function compileFilter(criteria: FilterCriteria | undefined, owner: string): Matcher {
  const filters = criteria?.Filters ?? [];
  if (filters.length === 0) return () => true;
  if (filters.length > 5)
    throw new ConfigurationError(`${owner}: at most five filters are allowed, it has ${filters.length}.`);
  try {
    const matchers = filters.map(({ Pattern = '' }) => compileOne(Pattern));
    return (record) => matchers.some((matches) => matches(record));
  } catch (cause) {
    throw new ConfigurationError(`${owner}: ${(cause as Error).message}`, { cause });
  }
}

function compileOne(pattern: string): Matcher {
  const matches = compilePattern(pattern, 'pipe');
  const wanted = JSON.parse(pattern)['body'];
  if (wanted === undefined) return matches;
  const wantsText = Array.isArray(wanted);
  return (record) => {
    const { body } = record as { body?: unknown };
    // A pattern on a JSON body drops plain text, one on plain text drops JSON.
    const parsed = parseStructured(body);
    if (wantsText !== (parsed === undefined)) return false;
    return matches(wantsText ? record : { ...(record as object), body: parsed });
  };
}

/** The object or array a text holds; undefined for any other text. */
export function parseStructured(text: unknown): object | undefined {
  if (typeof text !== 'string' || !/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}
