/**
 * Cuts an AWS IoT SQL statement into tokens. Positions are kept so that a mistake in a rule can be
 * shown where it stands.
 */
export interface Token {
  kind: 'name' | 'string' | 'number' | 'symbol' | 'end';
  /** The token's value: the text of a name or symbol, the content of a string, the digits of a number. */
  text: string;
  position: number;
}

export class SqlSyntaxError extends Error {
  override readonly name = 'SqlSyntaxError';
  readonly position: number;
  constructor(message: string, position: number) {
    super(`${message} at position ${position + 1}`);
    this.position = position;
  }
}

const SPACE = /\s+/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SYMBOL = /<>|<=|>=|[-+*/%=<>().,{}[\]:]/y;

export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = position;
    return pattern.exec(sql)?.[0];
  };
  while (position < sql.length) {
    const space = match(SPACE);
    if (space !== undefined) {
      position += space.length;
      continue;
    }
    const start = position;
    const quote = sql[position];
    if (quote === "'" || quote === '"') {
      const { text, end } = readString(sql, position, quote);
      tokens.push({ kind: 'string', text, position: start });
      position = end;
      continue;
    }
    const name = match(NAME);
    const number = name === undefined ? match(NUMBER) : undefined;
    const symbol = name === undefined && number === undefined ? match(SYMBOL) : undefined;
    const text = name ?? number ?? symbol;
    if (text === undefined) throw new SqlSyntaxError(`Unexpected "${sql[position]}"`, position);
    tokens.push({
      kind: name !== undefined ? 'name' : number !== undefined ? 'number' : 'symbol',
      text,
      position: start,
    });
    position += text.length;
  }
  tokens.push({ kind: 'end', text: 'end of statement', position: sql.length });
  return tokens;
}

/** Both quotes delimit strings (the reference's examples use either); a doubled quote stands for itself, a backslash for nothing but itself. */
function readString(sql: string, start: number, quote: string): { text: string; end: number } {
  let text = '';
  for (let position = start + 1; position < sql.length; position++) {
    if (sql[position] !== quote) text += sql[position];
    else if (sql[position + 1] === quote) text += sql[position++];
    else return { text, end: position + 1 };
  }
  throw new SqlSyntaxError('String without an end', start);
}
