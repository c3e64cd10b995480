/**
 * Filters on the content of an event, in the syntax of Amazon EventBridge patterns ("Content filtering in Amazon
 * EventBridge event patterns"): fields are combined with AND, the alternatives of one field with OR.
 */

export type FilterValue = string | number | boolean | null;
export type FilterCondition =
  | FilterValue
  | { prefix: string }
  | { suffix: string }
  | { 'equals-ignore-case': string }
  | { numeric: (string | number)[] }
  | { exists: boolean }
  | { 'anything-but': FilterValue | FilterValue[] | { prefix: string } };
export type PayloadFilter = { [field: string]: PayloadFilter | FilterCondition[] };

/** Bounds that keep one endpoint's filter from slowing the dispatch of all. */
const filterBounds = { depth: 8, conditions: 50, textLength: 256 } as const;

const operators = new Set(['<', '<=', '=', '>=', '>']);
const kinds = ['prefix', 'suffix', 'equals-ignore-case', 'numeric', 'exists', 'anything-but'] as const;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isScalar = (value: unknown): value is FilterValue =>
  value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);

/** What is wrong with a filter, with the JSON Pointer of the place; empty when it is valid. */
export function filterProblems(filter: unknown): { path: string; message: string }[] {
  const problems: { path: string; message: string }[] = [];
  let conditions = 0;
  const visit = (node: unknown, path: string, depth: number): void => {
    if (!isObject(node) || Object.keys(node).length === 0)
      return void problems.push({ path, message: 'Expected an object of fields.' });
    if (depth > filterBounds.depth)
      return void problems.push({ path, message: `Fields nest at most ${filterBounds.depth} deep.` });
    for (const [field, value] of Object.entries(node)) {
      const below = `${path}/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      if (!Array.isArray(value)) {
        visit(value, below, depth + 1);
        continue;
      }
      if (value.length === 0) problems.push({ path: below, message: 'Expected at least one alternative.' });
      conditions += value.length;
      value.forEach((condition, i) => {
        const problem = conditionProblem(condition);
        if (problem) problems.push({ path: `${below}/${i}`, message: problem });
      });
    }
  };
  visit(filter, '', 1);
  if (conditions > filterBounds.conditions)
    problems.push({
      path: '',
      message: `At most ${filterBounds.conditions} conditions; this filter has ${conditions}.`,
    });
  return problems;
}

function conditionProblem(condition: unknown): string | undefined {
  if (isScalar(condition)) return textProblem(condition);
  const keys = isObject(condition) ? Object.keys(condition) : [];
  const kind = kinds.find((name) => name === keys[0]);
  if (!isObject(condition) || keys.length !== 1 || kind === undefined)
    return `Expected a value or one of { ${kinds.join(' | ')} }.`;
  const value = condition[kind];
  switch (kind) {
    case 'prefix':
    case 'suffix':
    case 'equals-ignore-case':
      return typeof value === 'string' ? textProblem(value) : `"${kind}" takes a text.`;
    case 'exists':
      return typeof value === 'boolean' ? undefined : '"exists" takes true or false.';
    case 'numeric':
      return numericProblem(value);
    case 'anything-but': {
      if (isObject(value)) {
        const isPrefix = typeof value['prefix'] === 'string' && Object.keys(value).length === 1;
        return isPrefix ? textProblem(value['prefix']) : '"anything-but" takes values or { "prefix": … }.';
      }
      const list = Array.isArray(value) ? value : [value];
      if (list.length === 0 || list.length > 20 || !list.every(isScalar)) return '"anything-but" takes 1 to 20 values.';
      return list.map(textProblem).find(Boolean);
    }
    default:
      return kind satisfies never;
  }
}

function textProblem(value: unknown): string | undefined {
  return typeof value === 'string' && value.length > filterBounds.textLength
    ? `Texts have at most ${filterBounds.textLength} characters.`
    : undefined;
}

function numericProblem(value: unknown): string | undefined {
  const pairs = Array.isArray(value) ? value : [];
  const isValid =
    (pairs.length === 2 || pairs.length === 4) &&
    pairs.every((part, i) => (i % 2 === 0 ? operators.has(part) : Number.isFinite(part)));
  return isValid ? undefined : '"numeric" takes one or two pairs, e.g. [">", 0, "<=", 100].';
}

/** @param filter one that `filterProblems` found valid */
export function matchesFilter(filter: PayloadFilter, event: unknown): boolean {
  for (const field in filter) {
    const wanted = filter[field]!;
    const actual = isObject(event) && Object.hasOwn(event, field) ? event[field] : undefined;
    if (Array.isArray(wanted)) {
      if (!wanted.some((condition) => matchesCondition(condition, actual))) return false;
    } else if (Array.isArray(actual)) {
      if (!actual.some((element) => matchesFilter(wanted, element))) return false;
    } else if (!matchesFilter(wanted, actual)) return false;
  }
  return true;
}

/** A field that is a list matches when one of its elements does, as in EventBridge; `anything-but` needs all of them. */
function matchesCondition(condition: FilterCondition, actual: unknown): boolean {
  if (isObject(condition)) {
    if ('exists' in condition) return condition.exists === (actual !== undefined);
    if ('anything-but' in condition) {
      if (actual === undefined) return false;
      const excluded = condition['anything-but'];
      return (Array.isArray(actual) ? actual : [actual]).every((value) => !isExcluded(excluded, value));
    }
  }
  return Array.isArray(actual)
    ? actual.some((value) => matchesValue(condition, value))
    : matchesValue(condition, actual);
}

function isExcluded(excluded: FilterValue | FilterValue[] | { prefix: string }, value: unknown): boolean {
  if (Array.isArray(excluded)) return excluded.includes(value as FilterValue);
  if (isObject(excluded)) return typeof value === 'string' && value.startsWith(excluded.prefix);
  return excluded === value;
}

function matchesValue(condition: FilterCondition, value: unknown): boolean {
  if (!isObject(condition)) return condition === value;
  if ('prefix' in condition) return typeof value === 'string' && value.startsWith(condition.prefix);
  if ('suffix' in condition) return typeof value === 'string' && value.endsWith(condition.suffix);
  if ('equals-ignore-case' in condition)
    return typeof value === 'string' && value.toLowerCase() === condition['equals-ignore-case'].toLowerCase();
  if ('numeric' in condition) return matchesNumeric(condition.numeric, value);
  return false;
}

/** Exact decimals travel as text, so a text that is a plain number compares as one. */
function matchesNumeric(pairs: (string | number)[], value: unknown): boolean {
  const number = typeof value === 'string' && /^-?\d{1,15}(\.\d+)?$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number') return false;
  for (let i = 0; i < pairs.length; i += 2) {
    const bound = pairs[i + 1] as number;
    const holds =
      pairs[i] === '<'
        ? number < bound
        : pairs[i] === '<='
          ? number <= bound
          : pairs[i] === '='
            ? number === bound
            : pairs[i] === '>='
              ? number >= bound
              : number > bound;
    if (!holds) return false;
  }
  return true;
}

/**
 * The payload with only those elements of its lists that the filter asks for: a message that one of many readings let
 * through carries that one, and not the others. Lists the filter does not look into stay whole.
 */
export function pruneByFilter<T>(filter: PayloadFilter, payload: T): T {
  if (!isObject(payload)) return payload;
  const pruned: Record<string, unknown> = { ...payload };
  for (const field in filter) {
    const wanted = filter[field]!;
    const actual = pruned[field];
    if (Array.isArray(wanted)) continue;
    pruned[field] = Array.isArray(actual)
      ? actual.filter((element) => matchesFilter(wanted, element)).map((element) => pruneByFilter(wanted, element))
      : pruneByFilter(wanted, actual);
  }
  return pruned as T;
}
