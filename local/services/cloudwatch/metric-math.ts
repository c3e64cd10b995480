/**
 * The arithmetic of metric math: ids, numbers, + - * / and parentheses, comparisons (1 or 0), FILL(id, number) and
 * IF(condition, then, else). Other functions are refused.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
/** Reads the data point of a metric id; undefined without data. */
export type Lookup = (id: string) => number | undefined;

const comparisons: Record<string, (a: number, b: number) => boolean> = {
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};

export function compileMetricMath(expression: string): (lookup: Lookup) => number | undefined {
  const tokens = [...expression.matchAll(/\s*([A-Za-z_]\w*|\d+(?:\.\d+)?|[<>=!]=|[-+*/(),<>]|\S)/g)].map(
    (match) => match[1]!,
  );
  let position = 0;
  type Node = (lookup: Lookup) => number | undefined;
  const fail = (): never => {
    throw new Error(`the metric math "${expression}" is not played locally (at "${tokens[position] ?? 'end'}")`);
  };
  const accept = (token: string): boolean => tokens[position] === token && ++position > 0;
  const expect = (token: string): void => {
    if (!accept(token)) fail();
  };
  const combine =
    (left: Node, right: Node, apply: (a: number, b: number) => number): Node =>
    (lookup) => {
      const a = left(lookup);
      const b = right(lookup);
      if (a === undefined || b === undefined) return undefined;
      const result = apply(a, b);
      return Number.isFinite(result) ? result : undefined;
    };
  const comparison = (): Node => {
    const left = sum();
    const compare = comparisons[tokens[position] ?? ''];
    if (!compare) return left;
    position += 1;
    return combine(left, sum(), (a, b) => Number(compare(a, b)));
  };
  const sum = (): Node => {
    let left = product();
    for (;;) {
      if (accept('+')) left = combine(left, product(), (a, b) => a + b);
      else if (accept('-')) left = combine(left, product(), (a, b) => a - b);
      else return left;
    }
  };
  const product = (): Node => {
    let left = factor();
    for (;;) {
      if (accept('*')) left = combine(left, factor(), (a, b) => a * b);
      else if (accept('/')) left = combine(left, factor(), (a, b) => a / b);
      else return left;
    }
  };
  const factor = (): Node => {
    if (accept('-'))
      return combine(
        () => 0,
        factor(),
        (a, b) => a - b,
      );
    if (accept('(')) {
      const inner = comparison();
      expect(')');
      return inner;
    }
    const token = tokens[position] ?? fail();
    if (/^\d/.test(token)) {
      position += 1;
      return () => Number(token);
    }
    if (!/^\w+$/.test(token)) return fail();
    position += 1;
    if (token === 'FILL') {
      expect('(');
      const inner = sum();
      expect(',');
      const other = factor();
      expect(')');
      return (lookup) => inner(lookup) ?? other(lookup);
    }
    if (token === 'IF') {
      expect('(');
      const condition = comparison();
      expect(',');
      const whenTrue = comparison();
      expect(',');
      const otherwise = comparison();
      expect(')');
      return (lookup) => {
        const decision = condition(lookup);
        if (decision === undefined) return undefined;
        return decision === 0 ? otherwise(lookup) : whenTrue(lookup);
      };
    }
    if (tokens[position] === '(') fail();
    return (lookup) => lookup(token);
  };
  const result = comparison();
  if (position < tokens.length) fail();
  return result;
}
