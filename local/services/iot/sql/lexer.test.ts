import { describe, expect, it } from 'vitest';
import { SqlSyntaxError, tokenize } from './lexer.ts';

const kinds = (sql: string) => tokenize(sql).map(({ kind, text }) => `${kind}:${text}`);

describe('tokenize', () => {
  it('cuts names, strings in either quote, numbers and symbols', () => {
    expect(kinds(`SELECT a.b AS x, 'it''s' + "q" FROM 't/#' WHERE n>=1.5e3`)).toEqual([
      'name:SELECT',
      'name:a',
      'symbol:.',
      'name:b',
      'name:AS',
      'name:x',
      'symbol:,',
      "string:it's",
      'symbol:+',
      'string:q',
      'name:FROM',
      'string:t/#',
      'name:WHERE',
      'name:n',
      'symbol:>=',
      'number:1.5e3',
      'end:end of statement',
    ]);
  });

  it('leaves a backslash alone, as regular expressions need it', () => {
    expect(tokenize(`'\\d+'`)[0]!.text).toBe('\\d+');
  });

  it('shows where an unknown character or an open string stands', () => {
    expect(() => tokenize('SELECT ;')).toThrow(new SqlSyntaxError('Unexpected ";"', 7));
    expect(() => tokenize("SELECT 'abc")).toThrow('String without an end at position 8');
  });
});
