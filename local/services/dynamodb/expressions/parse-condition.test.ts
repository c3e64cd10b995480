import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyItem } from '../values/attribute-value.ts';
import { conditionHolds } from './evaluate-condition.ts';
import { parseCondition } from './parse-condition.ts';

const bindings = {
  names: { '#n': 'na.me' },
  values: { ':x': { N: '1' }, ':y': { N: '2' }, ':s': { S: 'text' }, ':l': { L: [] } },
  signature: '',
};
const parse = (text: string) => parseCondition(text, bindings);

describe('a condition', () => {
  test('binds NOT before AND before OR', () => {
    expect(parse('NOT a = :x AND b = :x OR c = :x').tree.expression).toMatchObject({
      type: 'or',
      args: [{ type: 'and', args: [{ type: 'not' }, { type: '=', args: [['b'], { ref: ':x' }] }] }, { type: '=' }],
    });
    expect(parse('a BETWEEN :x AND :y AND b IN (:x,:y)').tree.expression).toMatchObject({
      type: 'and',
      args: [{ type: 'between', args: [['a'], { ref: ':x' }, { ref: ':y' }] }, { type: 'in' }],
    });
  });

  test('reads paths through aliases, maps and lists, with any white space', () => {
    const { tree, usedNames } = parse('  #n . b [ 2 ]\n.c=:x ');
    expect(tree.expression).toEqual({ type: '=', args: [['na.me', 'b', 2, 'c'], { ref: ':x' }] });
    expect([tree.pathHeads, tree.nestedPaths, usedNames]).toEqual([{ 'na.me': true }, { 'na.me': true }, ['#n']]);
  });

  test('takes keywords in any case and names that begin like them', () => {
    expect(parse('not origin = :x or inner_and = :x').tree.expression).toMatchObject({ type: 'or' });
  });

  test.each([
    ['((a = :x))', 'The expression has redundant parentheses;'],
    ['a', 'Syntax error'],
    [':x', 'Syntax error'],
    ['a = ', 'Syntax error; token: "<EOF>"'],
    ['a = :x b', 'Syntax error; token: "b", near: "a = :x b"'],
    ['_a = :x', 'Syntax error; token: "_"'],
    ['a = :x AND', 'Syntax error'],
    ['(a = :x', 'Syntax error'],
    ['a[-1] = :x', 'Syntax error'],
    ['a == :x', 'Syntax error'],
    ['(a = :x) = :y', 'Syntax error'],
    ['size(a)', 'The function is not allowed to be used this way in an expression; function: size'],
    ['contains(a, :x) = :y', 'The function is not allowed to be used this way in an expression; function: contains'],
    ['if_not_exists(a, :x) = :y', 'The function is not allowed in a condition expression; function: if_not_exists'],
    ['attribute_exists(:x)', 'Operator or function requires a document path'],
    ['attribute_exists(a, b)', 'Incorrect number of operands'],
    ['a = a', 'The first operand must be distinct from the remaining operands'],
    ['a < :l', 'Incorrect operand type for operator or function; operator: <, operand type: L'],
    ['a BETWEEN :x AND :s', 'The BETWEEN operator requires same data type'],
    ['a[99999999999999] = :x', 'List index is not within the allowable range; index: [99999999999999]'],
    [`a${'.b'.repeat(32)} = :x`, 'The document path has too many nesting levels; nesting levels: 33'],
    [Array(301).fill('a = :x').join(' OR '), 'The expression contains too many operators'],
  ])('%s is refused', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  test('may nest deeply without taking longer or breaking the stack', () => {
    const nested = Array.from({ length: 140 }).reduce<string>((inner) => `(${inner} AND a = :x)`, 'a = :x');
    expect(parse(nested).tree.expression).toMatchObject({ type: 'and' });
    expect(() => parse(`${'('.repeat(5000)}a = :x`)).toThrow('too many operators');
    expect(() => parse(`${'NOT '.repeat(5000)}a = :x`)).toThrow('too many operators');
  });

  test('means what its tree means', () => {
    const { tree: condition } = fc.letrec<{ tree: { text: string; value: boolean } }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom({ text: 'a = :x', value: true }, { text: 'a = :y', value: false }),
        fc
          .tuple(tie('tree'), tie('tree'))
          .map(([l, r]) => ({ text: `(${l.text}) AND (${r.text})`, value: l.value && r.value })),
        fc
          .tuple(tie('tree'), tie('tree'))
          .map(([l, r]) => ({ text: `(${l.text}) OR (${r.text})`, value: l.value || r.value })),
        tie('tree').map(({ text, value }) => ({ text: `NOT (${text})`, value: !value })),
      ),
    }));
    const item = Object.assign(emptyItem(), { a: { N: '1' } });
    fc.assert(
      fc.property(condition, ({ text, value }) => {
        expect(conditionHolds(parse(text).tree.expression, item, bindings.values)).toBe(value);
      }),
    );
  });
});
