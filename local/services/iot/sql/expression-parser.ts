/**
 * Parses the expressions of AWS IoT SQL by precedence climbing: OR, AND, NOT, comparison and IN,
 * sum, product, sign, then members and calls.
 */
import type { BinaryOperator, Expression, NestedQuery } from './ast.ts';
import type { TokenCursor } from './cursor.ts';
import { SqlSyntaxError } from './lexer.ts';
import { parseSelectItems } from './parser.ts';

const PRECEDENCE: readonly (readonly BinaryOperator[])[] = [
  ['=', '<>', '<', '<=', '>', '>=', 'IN'],
  ['+', '-'],
  ['*', '/', '%'],
];
const RESERVED = new Set(['SELECT', 'FROM', 'WHERE', 'AS', 'AND', 'OR', 'WHEN', 'THEN', 'ELSE', 'END', 'IN']);

export function parseExpression(cursor: TokenCursor): Expression {
  let left = parseAnd(cursor);
  while (cursor.takeKeyword('OR')) left = { kind: 'binary', operator: 'OR', left, right: parseAnd(cursor) };
  return left;
}

function parseAnd(cursor: TokenCursor): Expression {
  let left = parseNot(cursor);
  while (cursor.takeKeyword('AND')) left = { kind: 'binary', operator: 'AND', left, right: parseNot(cursor) };
  return left;
}

function parseNot(cursor: TokenCursor): Expression {
  return cursor.takeKeyword('NOT') ? { kind: 'not', operand: parseNot(cursor) } : parseBinary(cursor, 0);
}

function parseBinary(cursor: TokenCursor, level: number): Expression {
  const operators = PRECEDENCE[level];
  if (operators === undefined) return parseSign(cursor);
  let left = parseBinary(cursor, level + 1);
  for (;;) {
    const operator = operators.find((each) => (each === 'IN' ? cursor.takeKeyword('IN') : cursor.takeSymbol(each)));
    if (operator === undefined) return left;
    left = { kind: 'binary', operator, left, right: parseBinary(cursor, level + 1) };
  }
}

function parseSign(cursor: TokenCursor): Expression {
  if (!cursor.takeSymbol('-')) return parseMembers(cursor);
  const operand = parseSign(cursor);
  const negative = operand.kind === 'literal' && typeof operand.value === 'number';
  return negative ? { kind: 'literal', value: -(operand.value as number) } : { kind: 'negate', operand };
}

function parseMembers(cursor: TokenCursor): Expression {
  let of = parsePrimary(cursor);
  while (cursor.takeSymbol('.')) of = { kind: 'member', of, name: cursor.expectName() };
  return of;
}

function parsePrimary(cursor: TokenCursor): Expression {
  const token = cursor.take();
  if (token.kind === 'string') return { kind: 'literal', value: token.text };
  if (token.kind === 'number') return { kind: 'literal', value: Number(token.text) };
  if (token.kind === 'name') return parseNamed(cursor, token.text, token.position);
  if (token.text === '(') return parseParentheses(cursor);
  if (token.text === '{') return parseObject(cursor);
  if (token.text === '[') return parseArray(cursor);
  throw new SqlSyntaxError(`Expected an expression but found "${token.text}"`, token.position);
}

function parseNamed(cursor: TokenCursor, text: string, position: number): Expression {
  const keyword = text.toUpperCase();
  if (cursor.peek().text === '(' && cursor.peek().kind === 'symbol' && keyword !== 'EXISTS' && !RESERVED.has(keyword))
    return keyword === 'CAST' ? parseCast(cursor) : parseCall(cursor, text, position);
  if (keyword === 'TRUE' || keyword === 'FALSE') return { kind: 'literal', value: keyword === 'TRUE' };
  if (keyword === 'NULL') return { kind: 'literal', value: null };
  if (keyword === 'CASE') return parseCase(cursor);
  if (keyword === 'EXISTS') {
    cursor.expectSymbol('(');
    return { kind: 'exists', query: parseNestedQuery(cursor) };
  }
  if (RESERVED.has(keyword)) throw new SqlSyntaxError(`Expected an expression but found "${text}"`, position);
  return { kind: 'field', name: text };
}

function parseParentheses(cursor: TokenCursor): Expression {
  if (cursor.isKeyword('SELECT')) return { kind: 'query', query: parseNestedQuery(cursor) };
  const inner = parseExpression(cursor);
  cursor.expectSymbol(')');
  return inner;
}

/** After the opening parenthesis: SELECT … FROM <array or object> [AS name] [WHERE …] ). */
function parseNestedQuery(cursor: TokenCursor): NestedQuery {
  cursor.expectKeyword('SELECT');
  const { items, value } = parseSelectItems(cursor);
  cursor.expectKeyword('FROM');
  const from = parseMembers(cursor);
  const alias = cursor.takeKeyword('AS') ? cursor.expectName() : undefined;
  const where = cursor.takeKeyword('WHERE') ? parseExpression(cursor) : undefined;
  cursor.expectSymbol(')');
  return { items, value, from, alias, where };
}

function parseCall(cursor: TokenCursor, name: string, position: number): Expression {
  cursor.expectSymbol('(');
  const list: Expression[] = [];
  if (!cursor.takeSymbol(')')) {
    do list.push(cursor.takeSymbol('*') ? { kind: 'payload' } : parseExpression(cursor));
    while (cursor.takeSymbol(','));
    cursor.expectSymbol(')');
  }
  return { kind: 'call', name: name.toLowerCase(), arguments: list, position };
}

function parseCast(cursor: TokenCursor): Expression {
  cursor.expectSymbol('(');
  const value = parseExpression(cursor);
  cursor.expectKeyword('AS');
  const type = cursor.expectName().toLowerCase();
  cursor.expectSymbol(')');
  return { kind: 'cast', value, type };
}

function parseCase(cursor: TokenCursor): Expression {
  const value = parseExpression(cursor);
  const branches: { when: Expression; result: Expression }[] = [];
  while (cursor.takeKeyword('WHEN')) {
    const when = parseExpression(cursor);
    cursor.expectKeyword('THEN');
    branches.push({ when, result: parseExpression(cursor) });
  }
  if (branches.length === 0) throw new SqlSyntaxError('CASE needs at least one WHEN', cursor.peek().position);
  const otherwise = cursor.takeKeyword('ELSE') ? parseExpression(cursor) : undefined;
  cursor.expectKeyword('END');
  return { kind: 'case', value, branches, otherwise };
}

function parseObject(cursor: TokenCursor): Expression {
  const entries: { key: string; value: Expression }[] = [];
  while (!cursor.takeSymbol('}')) {
    if (entries.length > 0) cursor.expectSymbol(',');
    const key = cursor.expectString('The key of an object literal is a string');
    cursor.expectSymbol(':');
    entries.push({ key, value: parseExpression(cursor) });
  }
  return { kind: 'object', entries };
}

function parseArray(cursor: TokenCursor): Expression {
  const items: Expression[] = [];
  while (!cursor.takeSymbol(']')) {
    if (items.length > 0) cursor.expectSymbol(',');
    items.push(parseExpression(cursor));
  }
  return { kind: 'array', items };
}
