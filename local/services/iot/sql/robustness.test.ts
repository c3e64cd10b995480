/** Whatever a device sends and whatever is written into a rule, nothing but the declared errors comes out. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FUNCTIONS } from './functions/index.ts';
import { SqlSyntaxError } from './lexer.ts';
import { RuleMessage } from './message.ts';
import { parseStatement } from './parser.ts';
import { compileStatement } from './rule-statement.ts';

const facts = {
  topic: 'a/b',
  clientId: 'c',
  principal: 'p',
  timestamp: 0,
  traceId: 't',
  sourceIp: '127.0.0.1',
  accountId: '1',
};
const messageOf = (value: unknown) => new RuleMessage({ ...facts, payload: Buffer.from(JSON.stringify(value) ?? '') });

describe('parseStatement', () => {
  it('knows only syntax errors', () => {
    const word = fc.constantFrom(
      'SELECT',
      'FROM',
      'WHERE',
      'AS',
      'CASE',
      'WHEN',
      'END',
      '*',
      '(',
      ')',
      '{',
      '[',
      ',',
      '.',
      "'t'",
      'a',
      '1',
      '=',
      '-',
      'IN',
      'NOT',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word).map((words) => words.join(' ')),
        ),
        (sql) => {
          try {
            parseStatement(sql);
          } catch (error) {
            expect(error).toBeInstanceOf(SqlSyntaxError);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('compileStatement', () => {
  const schemes = new Set(['encode', 'decode']);
  const names = Object.keys(FUNCTIONS).filter((name) => !schemes.has(name));

  it.each(names)('%s() takes any arguments without an exception', (name) => {
    const { min, max } = FUNCTIONS[name]!;
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.jsonValue(),
        fc.jsonValue(),
        fc.integer({ min, max: Math.min(max, 3) }),
        (a, b, c, count) => {
          const list = ['a', 'b', 'c'].slice(0, count).join(', ');
          const statement = compileStatement(`SELECT ${name}(${list}) AS x FROM 't'`);
          expect(typeof statement.evaluate(messageOf({ a, b, c }))).toBe('string');
        },
      ),
      { numRuns: 100 },
    );
  });

  it.each(['+', '-', '*', '/', '%', '=', '<>', '<', '>=', 'AND', 'OR', 'IN'])(
    'the operator %s takes any operands',
    (operator) => {
      const statement = compileStatement(`SELECT a ${operator} b AS x FROM 't'`);
      fc.assert(
        fc.property(
          fc.jsonValue(),
          fc.jsonValue(),
          (a, b) => typeof statement.evaluate(messageOf({ a, b })) === 'string',
        ),
      );
    },
  );

  it('any bytes pass through encode(*) unchanged', () => {
    const statement = compileStatement("SELECT encode(*, 'base64') AS data FROM 't'");
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const outgoing = statement.evaluate(new RuleMessage({ ...facts, payload: Buffer.from(bytes) })) as string;
        expect([...Buffer.from(JSON.parse(outgoing).data, 'base64')]).toEqual([...bytes]);
      }),
    );
  });
});
