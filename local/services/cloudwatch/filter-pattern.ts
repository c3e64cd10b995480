/**
 * Filter patterns of CloudWatch Logs: terms, and conditions on JSON.
 * Patterns for space-delimited lines and regular expressions are refused.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export type LineFilter = (message: string) => boolean;

export class FilterPatternError extends Error {
  override readonly name = 'FilterPatternError';
}

export function compileFilterPattern(pattern: string): LineFilter {
  const trimmed = pattern.trim();
  if (trimmed === '') return () => true;
  if (trimmed.startsWith('{')) return compileJson(trimmed);
  if (trimmed.startsWith('[') || trimmed.includes('%'))
    throw new FilterPatternError(`The filter pattern "${pattern}" is of a kind that is not played locally`);
  return compileTerms(trimmed);
}

/** Every plain term must be in the line, no `-term`, and one of the `?term`s. */
function compileTerms(pattern: string): LineFilter {
  const terms = [...pattern.matchAll(/([-?]?)(?:"([^"]*)"|(\S+))/g)].map((match) => ({
    sign: match[1]!,
    text: match[2] ?? match[3]!,
  }));
  const any = terms.filter(({ sign }) => sign === '?');
  const rest = terms.filter(({ sign }) => sign !== '?');
  return (message) =>
    rest.every(({ sign, text }) => message.includes(text) === (sign === '')) &&
    (any.length === 0 || any.some(({ text }) => message.includes(text)));
}

type Test = (root: unknown) => boolean;

const TOKEN = /\s*(&&|\|\||[(){}]|\$[^\s=!<>()&|]*|<=|>=|!=|=|<|>|"(?:[^"\\]|\\.)*"|[^\s=!<>(){}&|]+)/y;

function compileJson(pattern: string): LineFilter {
  const tokens = tokenize(pattern);
  let position = 0;
  const take = (): string => tokens[position++] ?? '';
  const accept = (token: string): boolean => {
    if (tokens[position]?.toUpperCase() !== token) return false;
    position += 1;
    return true;
  };
  const expect = (token: string): void => {
    if (!accept(token)) throw new FilterPatternError(`Expected "${token}" in the filter pattern ${pattern}`);
  };
  const disjunction = (): Test => {
    const parts = [conjunction()];
    while (accept('||')) parts.push(conjunction());
    return (root) => parts.some((part) => part(root));
  };
  const conjunction = (): Test => {
    const parts = [factor()];
    while (accept('&&')) parts.push(factor());
    return (root) => parts.every((part) => part(root));
  };
  const factor = (): Test => {
    if (accept('(')) {
      const inner = disjunction();
      expect(')');
      return inner;
    }
    return condition();
  };
  const condition = (): Test => {
    const selector = take();
    if (!selector.startsWith('$')) throw new FilterPatternError(`Expected a selector such as $.level in ${pattern}`);
    const read = compileSelector(selector);
    if (accept('NOT')) {
      expect('EXISTS');
      return (root) => read(root) === undefined;
    }
    if (accept('IS')) {
      const wanted = take().toUpperCase();
      const values: Record<string, unknown> = { NULL: null, TRUE: true, FALSE: false };
      if (!(wanted in values)) throw new FilterPatternError(`IS takes NULL, TRUE or FALSE in ${pattern}`);
      return (root) => read(root) === values[wanted];
    }
    return compileComparison(read, take(), take(), pattern);
  };
  expect('{');
  const test = disjunction();
  expect('}');
  return (message) => {
    const root = parseJson(message);
    return root !== undefined && test(root);
  };
}

function tokenize(pattern: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < pattern.length) {
    const match = TOKEN.exec(pattern);
    if (match === null) throw new FilterPatternError(`The filter pattern ${pattern} cannot be read`);
    tokens.push(match[1]!);
  }
  return tokens;
}

/** `$.a.b[0]`, `$["a"]`. */
function compileSelector(selector: string): (root: unknown) => unknown {
  const steps = [...selector.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\["([^"]+)"\]/g)].map(
    (match) => match[1] ?? match[2] ?? match[3]!,
  );
  return (root) =>
    steps.reduce<unknown>(
      (value, step) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, step)
          ? (value as Record<string, unknown>)[step]
          : undefined,
      root,
    );
}

function compileComparison(read: (root: unknown) => unknown, operator: string, operand: string, pattern: string): Test {
  const text = operand.startsWith('"') ? operand.slice(1, -1).replaceAll('\\"', '"') : operand;
  const number = operand.startsWith('"') ? Number.NaN : Number(operand);
  if (operator === '=' || operator === '!=') {
    const equals = Number.isNaN(number) ? wildcards(text) : (value: unknown) => value === number;
    // A field that is missing satisfies neither.
    return (root) => {
      const value = read(root);
      return value !== undefined && equals(value) === (operator === '=');
    };
  }
  const compare = {
    '<': (a: number) => a < number,
    '<=': (a: number) => a <= number,
    '>': (a: number) => a > number,
    '>=': (a: number) => a >= number,
  }[operator];
  if (compare === undefined || Number.isNaN(number))
    throw new FilterPatternError(`"${operator} ${operand}" is no comparison in ${pattern}`);
  return (root) => {
    const value = read(root);
    return typeof value === 'number' && compare(value);
  };
}

function wildcards(text: string): (value: unknown) => boolean {
  const source = text
    .split('*')
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('.*');
  const expression = new RegExp(`^${source}$`, 's');
  return (value) => (typeof value === 'string' || typeof value === 'number') && expression.test(String(value));
}

function parseJson(message: string): unknown {
  const start = message.indexOf('{');
  if (start < 0) return undefined;
  try {
    return JSON.parse(message.slice(start));
  } catch {
    return undefined;
  }
}
