/**
 * The language of derived points and interlocks: `[BUS1.V] * [BUS1.I] / 1000`, `if([CB1] = 1 and good([P1]), [P1], 0)`.
 * Read by a parser of its own into a tree of bounded size; nothing is ever evaluated as code.
 *
 * Precedence, lowest first: `or`, `and`, `not`, comparison (`= <> < <= > >=`), `+ -`, `* / %`, unary `-`, `^`.
 */

export type Expression =
  | { kind: 'number'; value: number }
  | { kind: 'text'; value: string }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'point'; pointId: string }
  | { kind: 'unary'; operator: 'not' | '-'; operand: Expression }
  | { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression }
  | { kind: 'call'; name: FunctionName; parameters: Expression[] };

export type BinaryOperator = 'or' | 'and' | '=' | '<>' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%' | '^';

/** Functions by their least and most parameters. */
const functions = {
  min: [1, 32],
  max: [1, 32],
  avg: [1, 32],
  sum: [1, 32],
  abs: [1, 1],
  sqrt: [1, 1],
  round: [1, 2],
  if: [3, 3],
  /** Whether the quality of a point is good; never bad itself. */
  good: [1, 1],
} as const;
export type FunctionName = keyof typeof functions;

export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

const maxCharacters = 1000;
const maxNodes = 300;
const maxDepth = 40;

type Token = { kind: 'number' | 'text' | 'point' | 'word' | 'sign' | 'end'; text: string; at: number };

const tokenPattern =
  /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?)|"([^"\\]{0,100})"|\[([A-Za-z0-9][A-Za-z0-9._-]{0,63})\]|([A-Za-z]+)|(<=|>=|<>|[=<>+\-*/%^(),]))/y;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const trimmed = text.trimEnd();
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < trimmed.length) {
    const at = tokenPattern.lastIndex;
    const match = tokenPattern.exec(trimmed);
    if (!match) throw new ExpressionError(`Cannot read "${trimmed.slice(at, at + 20).trim()}" at ${at + 1}.`);
    const [, number, quoted, point, word, sign] = match;
    if (number !== undefined) tokens.push({ kind: 'number', text: number, at });
    else if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted, at });
    else if (point !== undefined) tokens.push({ kind: 'point', text: point, at });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word.toLowerCase(), at });
    else tokens.push({ kind: 'sign', text: sign!, at });
  }
  tokens.push({ kind: 'end', text: '', at: trimmed.length });
  return tokens;
}

const levels: readonly (readonly BinaryOperator[])[] = [
  ['or'],
  ['and'],
  ['=', '<>', '<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];
const comparison = 2;

/** @throws ExpressionError saying what is wrong and where */
export function parseExpression(text: string): Expression {
  if (text.length > maxCharacters) throw new ExpressionError(`Longer than ${maxCharacters} characters.`);
  const tokens = tokensOf(text);
  let position = 0;
  let nodes = 0;
  let depth = 0;

  const peek = (): Token => tokens[position]!;
  const wrong = (expected: string): never => {
    const { kind, text: found, at } = peek();
    throw new ExpressionError(`Expected ${expected} at ${at + 1}, found ${kind === 'end' ? 'the end' : `"${found}"`}.`);
  };
  const takes = (sign: string): boolean => {
    const token = peek();
    if ((token.kind !== 'sign' && token.kind !== 'word') || token.text !== sign) return false;
    position++;
    return true;
  };
  const make = (expression: Expression): Expression => {
    if (++nodes > maxNodes) throw new ExpressionError(`More than ${maxNodes} terms.`);
    return expression;
  };
  const deeper = <Result>(read: () => Result): Result => {
    if (++depth > maxDepth) throw new ExpressionError(`Nested deeper than ${maxDepth}.`);
    const result = read();
    depth--;
    return result;
  };

  function binary(level: number): Expression {
    const operators = levels[level];
    if (!operators) return unary();
    if (level === comparison && takes('not')) return negation(level);
    let left = binary(level + 1);
    for (;;) {
      const operator = operators.find((sign) => takes(sign));
      if (!operator) return left;
      left = make({ kind: 'binary', operator, left, right: binary(level + 1) });
      // `1 < x < 3` means something else in every language.
      if (level === comparison) return left;
    }
  }
  const negation = (level: number): Expression =>
    deeper(() => make({ kind: 'unary', operator: 'not', operand: binary(level) }));
  function unary(): Expression {
    if (takes('-')) return deeper(() => make({ kind: 'unary', operator: '-', operand: unary() }));
    const base = primary();
    if (!takes('^')) return base;
    return deeper(() => make({ kind: 'binary', operator: '^', left: base, right: unary() }));
  }
  function primary(): Expression {
    const token = peek();
    if (takes('(')) {
      const inner = deeper(() => binary(0));
      return takes(')') ? inner : wrong('")"');
    }
    position++;
    if (token.kind === 'number') return make({ kind: 'number', value: Number(token.text) });
    if (token.kind === 'text') return make({ kind: 'text', value: token.text });
    if (token.kind === 'point') return make({ kind: 'point', pointId: token.text });
    if (token.kind === 'word' && (token.text === 'true' || token.text === 'false'))
      return make({ kind: 'boolean', value: token.text === 'true' });
    if (token.kind === 'word' && Object.hasOwn(functions, token.text)) return call(token.text as FunctionName);
    position--;
    return wrong('a number, a [point], a function or "("');
  }
  function call(name: FunctionName): Expression {
    if (!takes('(')) wrong(`"(" after ${name}`);
    const parameters = deeper(() => {
      const list = [binary(0)];
      while (takes(',')) list.push(binary(0));
      return list;
    });
    if (!takes(')')) wrong('")" or ","');
    const [least, most] = functions[name];
    if (parameters.length < least || parameters.length > most)
      throw new ExpressionError(`${name} takes ${least === most ? least : `${least} to ${most}`} parameters.`);
    if (name === 'good' && parameters[0]!.kind !== 'point') throw new ExpressionError('good takes a [point].');
    return make({ kind: 'call', name, parameters });
  }

  const whole = binary(0);
  return peek().kind === 'end' ? whole : wrong('an operator');
}

/** Ids of the points an expression reads, each once. */
export function pointsOf(expression: Expression): string[] {
  const ids = new Set<string>();
  const visit = (node: Expression): void => {
    if (node.kind === 'point') ids.add(node.pointId);
    else if (node.kind === 'unary') visit(node.operand);
    else if (node.kind === 'binary') [node.left, node.right].forEach(visit);
    else if (node.kind === 'call') node.parameters.forEach(visit);
  };
  visit(expression);
  return [...ids];
}
