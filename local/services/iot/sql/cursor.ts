/** A position in a list of tokens, with the small steps every recursive-descent parser takes. */
import { SqlSyntaxError, type Token } from './lexer.ts';

export class TokenCursor {
  readonly #tokens: Token[];
  #index = 0;

  constructor(tokens: Token[]) {
    this.#tokens = tokens;
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#index + ahead, this.#tokens.length - 1)]!;
  }

  take(): Token {
    const token = this.peek();
    this.#index += 1;
    return token;
  }

  /** Keywords are names in any case. */
  isKeyword(keyword: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'name' && token.text.toUpperCase() === keyword;
  }

  takeKeyword(keyword: string): boolean {
    if (!this.isKeyword(keyword)) return false;
    this.#index += 1;
    return true;
  }

  takeSymbol(symbol: string): boolean {
    const token = this.peek();
    if (token.kind !== 'symbol' || token.text !== symbol) return false;
    this.#index += 1;
    return true;
  }

  expectKeyword(keyword: string): void {
    if (!this.takeKeyword(keyword)) throw this.#unexpected(keyword);
  }

  expectSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) throw this.#unexpected(`"${symbol}"`);
  }

  expectName(): string {
    const token = this.peek();
    if (token.kind !== 'name') throw this.#unexpected('a name');
    return this.take().text;
  }

  expectString(message: string): string {
    const token = this.peek();
    if (token.kind !== 'string') throw new SqlSyntaxError(message, token.position);
    return this.take().text;
  }

  expectEnd(): void {
    if (this.peek().kind !== 'end') throw this.#unexpected('the end of the statement');
  }

  #unexpected(wanted: string): SqlSyntaxError {
    const token = this.peek();
    return new SqlSyntaxError(`Expected ${wanted} but found "${token.text}"`, token.position);
  }
}
