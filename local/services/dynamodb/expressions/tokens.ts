/** Cuts an expression into tokens. */

export type TokenKind = 'name' | 'alias' | 'value' | 'index' | 'symbol' | 'end';

export interface Token {
  kind: TokenKind;
  text: string;
  /** Where the token starts. */
  at: number;
}

/** Names start with a letter; aliases and values may start with anything a name may contain. */
const tokenPattern =
  /\s*(?:(?<name>[a-zA-Z][a-zA-Z0-9_]*)|(?<alias>#[a-zA-Z0-9_]+)|(?<value>:[a-zA-Z0-9_]+)|\[\s*(?<index>\d+)\s*\]|(?<symbol><>|<=|>=|[<>=(),.]))/y;

/** The tokens with an end behind them. Throws the message of a syntax error. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (text.slice(at).trim() !== '') {
    tokenPattern.lastIndex = at;
    const match = tokenPattern.exec(text);
    if (match === null) throw syntaxError(text, at + text.slice(at).search(/\S/), text.slice(at).trim().charAt(0));
    const [kind, content] = Object.entries(match.groups!).find(([, group]) => group !== undefined)!;
    tokens.push({ kind: kind as TokenKind, text: content!, at: tokenPattern.lastIndex - match[0].trimStart().length });
    at = tokenPattern.lastIndex;
  }
  tokens.push({ kind: 'end', text: '<EOF>', at: text.length });
  return tokens;
}

/** In the words of AWS: the token and what stands around it. */
export function syntaxError(text: string, at: number, token: string): Error {
  const near = text.slice(Math.max(0, at - 10), at + token.length + 10).trim();
  return new Error(`Syntax error; token: "${token}", near: "${near}"`);
}
