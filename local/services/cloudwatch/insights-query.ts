/**
 * The part of the Logs Insights query language that is played locally: SOURCE, fields, filter, sort by time, limit. What
 * is not known is refused, as AWS refuses a malformed query.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
 */
import { AwsError } from '../../runtime/types.ts';

/** Reads a field of one log event; undefined when it has none of the name. */
export type FieldOf = (name: string) => unknown;

export interface InsightsQuery {
  /** Of log groups; undefined when the query has no SOURCE. */
  namePrefixes: string[] | undefined;
  fields: string[];
  matches: (field: FieldOf) => boolean;
  newestFirst: boolean;
  limit: number;
}

const defaultLimit = 1000;
const maxLimit = 10_000;

type Token = { kind: 'text' | 'number' | 'word' | 'sign'; value: string };
type Test = (field: FieldOf) => boolean;

/** @throws AwsError MalformedQueryException */
export function parseInsightsQuery(text: string): InsightsQuery {
  const query: InsightsQuery = {
    namePrefixes: undefined,
    fields: ['@timestamp', '@message'],
    matches: () => true,
    newestFirst: true,
    limit: defaultLimit,
  };
  const tests: Test[] = [];
  for (const command of commandsOf(tokensOf(text))) {
    const [head, ...rest] = command;
    const reader = new Reader(rest);
    switch (head?.value.toLowerCase()) {
      case 'source':
        query.namePrefixes = readSource(reader);
        break;
      case 'fields':
        query.fields = reader.list(() => reader.name());
        break;
      case 'filter':
        tests.push(readDisjunction(reader));
        break;
      case 'sort':
        if (reader.name() !== '@timestamp') throw malformed('only @timestamp sorts');
        query.newestFirst = (reader.accept('asc') ?? reader.accept('desc')) !== 'asc';
        break;
      case 'limit':
        query.limit = Math.min(Number(reader.take('number').value), maxLimit);
        break;
      default:
        throw malformed(`"${head?.value ?? ''}" is not played locally`);
    }
    reader.end();
  }
  query.matches = (field) => tests.every((test) => test(field));
  return query;
}

const malformed = (problem: string): AwsError =>
  new AwsError('MalformedQueryException', `The query cannot be run: ${problem}.`);

const tokenPattern =
  /\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(-?\d+(?:\.\d+)?)(?![\w@])|([@\w][\w@.]*)|(!=|<=|>=|[=<>()[\],:|]))/y;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  tokenPattern.lastIndex = 0;
  const end = text.trimEnd().length;
  while (tokenPattern.lastIndex < end) {
    const at = tokenPattern.lastIndex;
    const found = tokenPattern.exec(text);
    if (found === null) throw malformed(`it cannot be read at "${text.slice(at, at + 20)}"`);
    const [, double, single, number, word, sign] = found;
    const quoted = double ?? single;
    if (quoted !== undefined) tokens.push({ kind: 'text', value: quoted.replace(/\\(.)/g, '$1') });
    else if (number !== undefined) tokens.push({ kind: 'number', value: number });
    else if (word !== undefined) tokens.push({ kind: 'word', value: word });
    else tokens.push({ kind: 'sign', value: sign! });
  }
  return tokens;
}

function commandsOf(tokens: readonly Token[]): Token[][] {
  const commands: Token[][] = [[]];
  for (const token of tokens)
    if (token.kind === 'sign' && token.value === '|') commands.push([]);
    else commands.at(-1)!.push(token);
  return commands;
}

class Reader {
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  take(kind: Token['kind'], value?: string): Token {
    const token = this.#tokens[this.#position];
    if (token?.kind !== kind || (value !== undefined && token.value.toLowerCase() !== value))
      throw malformed(`${value ?? kind} expected, "${token?.value ?? 'the end'}" found`);
    this.#position += 1;
    return token;
  }

  /** The next token, lower-case, when it is this one. */
  accept(value: string): string | undefined {
    const token = this.#tokens[this.#position];
    if (token === undefined || token.kind === 'text' || token.value.toLowerCase() !== value) return undefined;
    this.#position += 1;
    return value;
  }

  name(): string {
    return this.take('word').value;
  }

  literal(): string | number {
    const token = this.#tokens[this.#position];
    if (token?.kind !== 'text' && token?.kind !== 'number') throw malformed('a value expected');
    this.#position += 1;
    return token.kind === 'number' ? Number(token.value) : token.value;
  }

  list<T>(read: () => T): T[] {
    const items = [read()];
    while (this.accept(',')) items.push(read());
    return items;
  }

  end(): void {
    if (this.#position < this.#tokens.length) throw malformed(`"${this.#tokens[this.#position]!.value}" is too much`);
  }
}

function readSource(reader: Reader): string[] {
  reader.take('word', 'loggroups');
  reader.take('sign', '(');
  reader.take('word', 'nameprefix');
  reader.take('sign', ':');
  reader.take('sign', '[');
  const prefixes = reader.list(() => reader.take('text').value);
  reader.take('sign', ']');
  reader.take('sign', ')');
  if (prefixes.length > 5) throw malformed('SOURCE takes five prefixes');
  return prefixes;
}

function readDisjunction(reader: Reader): Test {
  const parts = [readConjunction(reader)];
  while (reader.accept('or')) parts.push(readConjunction(reader));
  return (field) => parts.some((part) => part(field));
}

function readConjunction(reader: Reader): Test {
  const parts = [readTest(reader)];
  while (reader.accept('and')) parts.push(readTest(reader));
  return (field) => parts.every((part) => part(field));
}

const comparisons: Record<string, (a: number, b: number) => boolean> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

function readTest(reader: Reader): Test {
  if (reader.accept('(')) {
    const inner = readDisjunction(reader);
    reader.take('sign', ')');
    return inner;
  }
  const name = reader.name();
  if (reader.accept('in')) {
    reader.take('sign', '[');
    const values = reader.list(() => reader.literal());
    reader.take('sign', ']');
    return (field) => values.some((value) => equals(field(name), value));
  }
  if (reader.accept('like')) {
    const part = String(reader.literal());
    return (field) => String(field(name) ?? '').includes(part);
  }
  const sign = reader.take('sign').value;
  const value = reader.literal();
  if (sign === '=') return (field) => equals(field(name), value);
  if (sign === '!=') return (field) => !equals(field(name), value);
  const compare = comparisons[sign];
  if (compare === undefined) throw malformed(`"${sign}" compares nothing`);
  return (field) => field(name) !== undefined && compare(Number(field(name)), Number(value));
}

const equals = (actual: unknown, value: string | number): boolean =>
  actual !== undefined && actual !== null && String(actual) === String(value);
