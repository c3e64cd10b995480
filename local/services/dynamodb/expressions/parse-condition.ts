/**
 * Parses conditions, filters and key conditions by recursive descent, in time proportional to their length.
 * Precedence from loose to tight: OR, AND, NOT, comparisons with BETWEEN and IN, functions.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
 */
import { checkBetween, checkComparison, checkFunction, checkOperands } from './condition-checks.ts';
import { checkPath } from './document-path.ts';
import type { Bindings, Parsed } from './parse-expression.ts';
import { isReservedWord } from './reserved-words.ts';
import type { ConditionNode, DocumentPath, Operand } from './syntax-tree.ts';
import { syntaxError, type Token, tokenize } from './tokens.ts';

type Node = ConditionNode | Operand;
type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

const comparators = ['=', '<>', '<', '<=', '>', '>='];
/** Constraints in Amazon DynamoDB, expression parameters: operators of an expression and operands of IN. */
const maxOperators = 300;
const maxInOperands = 100;

/** Throws errors whose message says what is wrong, without the kind of expression. */
export function parseCondition(text: string, bindings: Bindings): Parsed<'ConditionExpression'> {
  const parser = new ConditionParser(text, bindings);
  return parser.parse();
}

class ConditionParser {
  readonly #text: string;
  readonly #bindings: Bindings;
  readonly #tokens: Token[];
  readonly #parenthesized = new WeakSet<object>();
  readonly #names = new Set<string>();
  readonly #values = new Set<string>();
  readonly #bounds: [string, string][] = [];
  readonly #nestedPaths: Record<string, true> = Object.create(null);
  readonly #pathHeads: Record<string, true> = Object.create(null);
  #position = 0;
  #operators = 0;
  #depth = 0;

  constructor(text: string, bindings: Bindings) {
    this.#text = text;
    this.#bindings = bindings;
    this.#tokens = tokenize(text);
  }

  parse(): Parsed<'ConditionExpression'> {
    const expression = this.#condition(this.#or());
    if (this.#peek().kind !== 'end') throw this.#unexpected();
    if (this.#operators > maxOperators)
      throw new Error(`The expression contains too many operators; operator count: ${this.#operators}`);
    return {
      tree: { expression, nestedPaths: this.#nestedPaths, pathHeads: this.#pathHeads },
      usedNames: [...this.#names],
      usedValues: [...this.#values],
      bounds: this.#bounds,
    };
  }

  #or(): Node {
    let left = this.#and();
    while (this.#takeKeyword('OR')) left = this.#joined('or', left, this.#and());
    return left;
  }

  #and(): Node {
    let left = this.#not();
    while (this.#takeKeyword('AND')) left = this.#joined('and', left, this.#not());
    return left;
  }

  #joined(type: 'and' | 'or', left: Node, right: Node): Node {
    this.#operators += 1;
    return { type, args: [this.#condition(left), this.#condition(right)] };
  }

  #not(): Node {
    if (!this.#takeKeyword('NOT')) return this.#comparison();
    this.#operators += 1;
    return { type: 'not', args: [this.#condition(this.#nested(() => this.#not()))] };
  }

  #comparison(): Node {
    const left = this.#term();
    const token = this.#peek();
    if (token.kind === 'symbol' && comparators.includes(token.text)) {
      this.#position += 1;
      const type = token.text as Comparator;
      const args = this.#operands(type, [left, this.#term()]) as [Operand, Operand];
      checkComparison(type, args, this.#bindings.values);
      return { type, args };
    }
    if (this.#takeKeyword('BETWEEN')) {
      const lower = this.#term();
      if (!this.#takeKeyword('AND')) throw this.#unexpected();
      const args = this.#operands('BETWEEN', [left, lower, this.#term()]) as [Operand, Operand, Operand];
      checkBetween(args, this.#bindings.values, this.#bounds);
      return { type: 'between', args };
    }
    if (this.#takeKeyword('IN')) {
      const args = this.#operands('IN', [left, ...this.#list()]) as [Operand, ...Operand[]];
      if (args.length - 1 > maxInOperands)
        throw new Error(`The IN operator is provided with too many operands; number of operands: ${args.length - 1}`);
      return { type: 'in', args };
    }
    return left;
  }

  /** An operand, a function, or anything in parentheses. */
  #term(): Node {
    const token = this.#next();
    if (token.kind === 'symbol' && token.text === '(') {
      const inner = this.#nested(() => this.#or());
      this.#expect(')');
      if (this.#parenthesized.has(inner)) throw new Error('The expression has redundant parentheses;');
      this.#parenthesized.add(inner);
      return inner;
    }
    if (token.kind === 'value') return { ref: this.#value(token.text) };
    if (token.kind === 'name' && this.#isSymbol('(')) {
      this.#operators += 1;
      const args = this.#list();
      checkFunction(token.text, checkOperands(args), this.#bindings.values);
      return { type: 'function', name: token.text, args: args as Operand[] };
    }
    if (token.kind === 'name' || token.kind === 'alias') return this.#path(token);
    throw this.#unexpected(token);
  }

  #path(head: Token): DocumentPath {
    const path: DocumentPath = [this.#name(head)];
    for (;;) {
      const token = this.#peek();
      if (token.kind === 'index') path.push(Number(token.text));
      else if (this.#isSymbol('.')) {
        this.#position += 1;
        path.push(this.#name(this.#peek()));
      } else break;
      this.#position += 1;
    }
    checkPath(path);
    this.#pathHeads[path[0]] = true;
    if (path.length > 1) this.#nestedPaths[path[0]] = true;
    return path;
  }

  #name(token: Token): string {
    if (token.kind === 'name') {
      if (isReservedWord(token.text))
        throw new Error(`Attribute name is a reserved keyword; reserved keyword: ${token.text}`);
      return token.text;
    }
    if (token.kind !== 'alias') throw this.#unexpected(token);
    const name = this.#bindings.names[token.text];
    if (name === undefined)
      throw new Error(
        `An expression attribute name used in the document path is not defined; attribute name: ${token.text}`,
      );
    this.#names.add(token.text);
    return name;
  }

  #value(name: string): string {
    if (this.#bindings.values[name] === undefined)
      throw new Error(`An expression attribute value used in expression is not defined; attribute value: ${name}`);
    this.#values.add(name);
    return name;
  }

  #list(): Node[] {
    this.#expect('(');
    const items = [this.#term()];
    while (this.#isSymbol(',')) {
      this.#position += 1;
      items.push(this.#term());
    }
    this.#expect(')');
    return items;
  }

  #operands(operator: string, nodes: Node[]): Operand[] {
    this.#operators += 1;
    return checkOperands(nodes, operator);
  }

  /** Conditions are true or false; paths, values and sizes are not. */
  #condition(node: Node): ConditionNode {
    if (Array.isArray(node) || 'ref' in node) throw this.#unexpected();
    if (node.type === 'function' && node.name === 'size')
      throw new Error('The function is not allowed to be used this way in an expression; function: size');
    return node as ConditionNode;
  }

  /** Keeps the recursion within what the limit on operators allows. */
  #nested(parse: () => Node): Node {
    this.#depth += 1;
    if (this.#depth > maxOperators)
      throw new Error(`The expression contains too many operators; operator count: ${this.#depth}`);
    const node = parse();
    this.#depth -= 1;
    return node;
  }

  #peek(): Token {
    return this.#tokens[this.#position]!;
  }

  #next(): Token {
    const token = this.#peek();
    if (token.kind !== 'end') this.#position += 1;
    return token;
  }

  #isSymbol(text: string): boolean {
    const token = this.#peek();
    return token.kind === 'symbol' && token.text === text;
  }

  #expect(symbol: string): void {
    if (!this.#isSymbol(symbol)) throw this.#unexpected();
    this.#position += 1;
  }

  #takeKeyword(keyword: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'name' || token.text.toUpperCase() !== keyword) return false;
    this.#position += 1;
    return true;
  }

  #unexpected(token = this.#peek()): Error {
    return syntaxError(this.#text, token.at, token.text);
  }
}
