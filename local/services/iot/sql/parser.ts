/**
 * Parses the statement of a topic rule: SELECT … FROM 'filter' WHERE ….
 * Expressions have their own parser; both share one cursor over the tokens.
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-reference.html
 */
import type { Expression, SelectItem, Selection, Statement } from './ast.ts';
import { TokenCursor } from './cursor.ts';
import { parseExpression } from './expression-parser.ts';
import { SqlSyntaxError, tokenize } from './lexer.ts';

export function parseStatement(sql: string): Statement {
  const cursor = new TokenCursor(tokenize(sql));
  if (cursor.isKeyword('SET'))
    throw new SqlSyntaxError('SET clauses are not played by the local rules engine: write the expression out', 0);
  cursor.expectKeyword('SELECT');
  const { items, value } = parseSelectItems(cursor);
  let topicFilter: string | undefined;
  if (cursor.takeKeyword('FROM')) topicFilter = cursor.expectString('The FROM clause takes a topic filter in quotes');
  const where = cursor.takeKeyword('WHERE') ? parseExpression(cursor) : undefined;
  cursor.expectEnd();
  return { items, value, topicFilter, where };
}

/** An expression alone, as a substitution template carries it. */
export function parseLoneExpression(text: string): Expression {
  const cursor = new TokenCursor(tokenize(text));
  const expression = parseExpression(cursor);
  cursor.expectEnd();
  return expression;
}

/** The items after SELECT, for statements and for nested queries alike. */
export function parseSelectItems(cursor: TokenCursor): Pick<Selection, 'items' | 'value'> {
  const value = cursor.takeKeyword('VALUE');
  const items = [parseItem(cursor, value)];
  while (cursor.takeSymbol(',')) items.push(parseItem(cursor, value));
  if (value && items.length > 1) throw new SqlSyntaxError('SELECT VALUE takes one item', cursor.peek().position);
  return { items, value };
}

function parseItem(cursor: TokenCursor, value: boolean): SelectItem {
  if (cursor.takeSymbol('*')) return { expression: '*', output: [] };
  const { position } = cursor.peek();
  const expression = parseExpression(cursor);
  if (cursor.takeKeyword('AS')) {
    const output = [cursor.expectName()];
    while (cursor.takeSymbol('.')) output.push(cursor.expectName());
    return { expression, output };
  }
  if (value) return { expression, output: [] };
  if (expression.kind === 'field' || expression.kind === 'member') return { expression, output: [expression.name] };
  // AWS does not document the key that an unnamed expression gets, so no rule may depend on it.
  throw new SqlSyntaxError('A computed column needs a name: add AS <name>', position);
}
