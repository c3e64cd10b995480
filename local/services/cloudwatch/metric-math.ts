/**
 * Metric math: ids, numbers, arithmetic, comparisons (1 or 0), AND, OR, IF, FILL, ABS, CEIL, FLOOR,
 * and MAX, MIN, SUM of a list. Other functions are refused.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
/** Reads the data point of a metric id; undefined without data. */
export type Lookup = (id: string) => number | undefined;
/** A metric math expression ready to compute one data point. */
export type MetricMath = (lookup: Lookup) => number | undefined;

const LEVELS: Record<string, (a: number, b: number) => number>[] = [
  { '||': (a, b) => Number(a !== 0 || b !== 0), OR: (a, b) => Number(a !== 0 || b !== 0) },
  { '&&': (a, b) => Number(a !== 0 && b !== 0), AND: (a, b) => Number(a !== 0 && b !== 0) },
  {
    '>=': (a, b) => Number(a >= b),
    '<=': (a, b) => Number(a <= b),
    '==': (a, b) => Number(a === b),
    '!=': (a, b) => Number(a !== b),
    '>': (a, b) => Number(a > b),
    '<': (a, b) => Number(a < b),
  },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  { '*': (a, b) => a * b, '/': (a, b) => a / b },
  { '^': (a, b) => a ** b },
];

/** Functions of the computed arguments; undefined means no data. */
const FUNCTIONS: Record<string, (values: (number | undefined)[]) => number | undefined> = {
  // "IF(condition, then, else)": the branch not taken may be without data.
  IF: ([condition, then, otherwise]) => (condition === undefined ? undefined : condition !== 0 ? then : otherwise),
  FILL: ([value, other]) => value ?? other,
  ABS: ([value]) => value && Math.abs(value),
  CEIL: ([value]) => value && Math.ceil(value),
  FLOOR: ([value]) => value && Math.floor(value),
  MAX: (values) => overKnown(values, (known) => Math.max(...known)),
  MIN: (values) => overKnown(values, (known) => Math.min(...known)),
  SUM: (values) => overKnown(values, (known) => known.reduce((a, b) => a + b, 0)),
};

const ARITIES: Record<string, number> = { IF: 3, FILL: 2, ABS: 1, CEIL: 1, FLOOR: 1 };

/** @throws Error for what is not played locally */
export function compileMetricMath(expression: string): MetricMath {
  const tokens = [...expression.matchAll(/\s*([A-Za-z_]\w*|\d+(?:\.\d+)?|[<>=!]=|&&|\|\||\S)/g)].map(
    (match) => match[1]!,
  );
  let position = 0;
  const fail = (): never => {
    throw new Error(`the metric math "${expression}" is not played locally (at "${tokens[position] ?? 'end'}")`);
  };
  const accept = (token: string): boolean => tokens[position] === token && ++position > 0;
  const expect = (token: string): void => {
    if (!accept(token)) fail();
  };
  const binary = (level: number): MetricMath => {
    const operators = LEVELS[level];
    if (operators === undefined) return factor();
    let left = binary(level + 1);
    for (;;) {
      const apply = operators[tokens[position] ?? ''];
      if (apply === undefined) return left;
      position += 1;
      left = combine(left, binary(level + 1), apply);
    }
  };
  const factor = (): MetricMath => {
    if (accept('-'))
      return combine(
        () => 0,
        factor(),
        (a, b) => a - b,
      );
    if (accept('(')) {
      const inner = binary(0);
      expect(')');
      return inner;
    }
    const token = tokens[position] ?? fail();
    if (!/^\w+(\.\d+)?$/.test(token)) fail();
    position += 1;
    if (/^\d/.test(token)) return () => Number(token);
    return accept('(') ? call(token) : (lookup) => lookup(token);
  };
  const call = (name: string): MetricMath => {
    const apply = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name]! : fail();
    const list = accept('[');
    const parts = [binary(0)];
    while (accept(',')) parts.push(binary(0));
    if (list) expect(']');
    expect(')');
    if (parts.length !== (ARITIES[name] ?? parts.length)) fail();
    return (lookup) => apply(parts.map((part) => part(lookup)));
  };
  const result = binary(0);
  if (position < tokens.length) fail();
  return result;
}

/** A point that any operand lacks, and a division by zero, have no result. */
function combine(left: MetricMath, right: MetricMath, apply: (a: number, b: number) => number): MetricMath {
  return (lookup) => {
    const a = left(lookup);
    const b = right(lookup);
    if (a === undefined || b === undefined) return undefined;
    const result = apply(a, b);
    return Number.isFinite(result) ? result : undefined;
  };
}

function overKnown(values: (number | undefined)[], apply: (known: number[]) => number): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : apply(known);
}
