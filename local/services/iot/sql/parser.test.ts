import { describe, expect, it } from 'vitest';
import { parseStatement } from './parser.ts';

const where = (expression: string) => parseStatement(`SELECT * FROM 't' WHERE ${expression}`).where;
const field = (name: string) => ({ kind: 'field', name });
const number = (value: number) => ({ kind: 'literal', value });

describe('parseStatement', () => {
  it('reads items, filter and condition; keywords in any case', () => {
    expect(parseStatement("select *, a.b as c from 'x/+/#' where d")).toEqual({
      items: [
        { expression: '*', output: [] },
        { expression: { kind: 'member', of: field('a'), name: 'b' }, output: ['c'] },
      ],
      value: false,
      topicFilter: 'x/+/#',
      where: field('d'),
    });
  });

  it('lets FROM out for rules that Basic Ingest alone reaches', () => {
    expect(parseStatement('SELECT *').topicFilter).toBeUndefined();
  });

  it('binds OR weaker than AND, AND weaker than NOT, NOT weaker than comparison', () => {
    const equal = { kind: 'binary', operator: '=', left: field('c'), right: field('d') };
    const and = { kind: 'binary', operator: 'AND', left: field('b'), right: { kind: 'not', operand: equal } };
    expect(where('a OR b AND NOT c = d')).toEqual({ kind: 'binary', operator: 'OR', left: field('a'), right: and });
  });

  it('binds products before sums, left to right, and parentheses first', () => {
    const difference = { kind: 'binary', operator: '-', left: field('t'), right: number(32) };
    const product = { kind: 'binary', operator: '*', left: difference, right: number(5) };
    expect(where('(t - 32) * 5 / 9')).toEqual({ kind: 'binary', operator: '/', left: product, right: number(9) });
    expect(where('1 + 2 * 3')).toMatchObject({ operator: '+', right: { operator: '*' } });
  });

  it.each([
    ["SELECT FROM 't'", 'Expected an expression but found "FROM"'],
    ["SELECT * FROM t'", 'String without an end'],
    ['SELECT * FROM t', 'The FROM clause takes a topic filter in quotes'],
    ["SELECT * FROM 't' WHERE", 'Expected an expression'],
    ["SELECT * FROM 't' LIMIT 5", 'Expected the end of the statement but found "LIMIT"'],
    ["SELECT topic(2) FROM 't'", 'A computed column needs a name'],
    ["SELECT CASE a END AS x FROM 't'", 'CASE needs at least one WHEN'],
    ["SET @a = 1 SELECT * FROM 't'", 'Unexpected "@"'],
    ["SELECT * FROM 't' WHERE a != 1", 'Unexpected "!"'],
  ])('refuses %s with a clear message', (sql, message) => {
    expect(() => parseStatement(sql)).toThrow(message);
  });
});
