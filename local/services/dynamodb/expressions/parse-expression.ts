/**
 * Parses expressions and remembers the result: the same few expressions arrive with ever new values. Updates and
 * projections go through dynalite's grammars, whose diagnostics were checked against AWS; its grammar for conditions
 * takes exponential time on nested parentheses, so conditions have a parser of their own. Dynalite's parsers bind
 * values while they parse, so they get stand-ins that carry only the type.
 */
import { createRequire } from 'node:module';
import { validationError } from '../errors.ts';
import { type AttributeValue, typeOf } from '../values/attribute-value.ts';
import { checkPath } from './document-path.ts';
import { parseCondition } from './parse-condition.ts';
import { isReservedWord } from './reserved-words.ts';
import type { ExpressionKind, ParsedByKind } from './syntax-tree.ts';
import { syntaxError } from './tokens.ts';

interface Parser {
  parse(text: string, options: { context: object }): object | string;
}

const require = createRequire(import.meta.url);
const parsers = {
  ProjectionExpression: require('dynalite/db/projectionParser.js') as Parser,
  UpdateExpression: require('dynalite/db/updateParser.js') as Parser,
};

/** An expression has at most 4 KB (Constraints in Amazon DynamoDB, expression parameters). */
const maxExpressionBytes = 4096;
const maxRemembered = 5000;

export interface Parsed<Kind extends ExpressionKind> {
  tree: ParsedByKind[Kind];
  usedNames: string[];
  usedValues: string[];
  /** Bounds of BETWEEN that are both literal values: lower and upper. */
  bounds: [string, string][];
}

/** What an expression may refer to. */
export interface Bindings {
  names: Record<string, string>;
  values: Record<string, AttributeValue>;
  /** Equal for bindings with the same names and the same value types. */
  signature: string;
}

const remembered = new Map<string, Parsed<ExpressionKind>>();

export function parseExpression<Kind extends ExpressionKind>(
  kind: Kind,
  text: string,
  bindings: Bindings,
): Parsed<Kind> {
  // The type in attribute_type is checked while parsing, so its value is part of what was parsed.
  const signature = text.includes('attribute_type') ? JSON.stringify(bindings) : bindings.signature;
  const key = `${kind}\0${text}\0${signature}`;
  let parsed = remembered.get(key) as Parsed<Kind> | undefined;
  if (parsed === undefined) {
    parsed = parse(kind, text, bindings);
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.set(key, parsed);
  }
  return parsed;
}

function parse<Kind extends ExpressionKind>(kind: Kind, text: string, bindings: Bindings): Parsed<Kind> {
  if (text === '') throw validationError(`Invalid ${kind}: The expression can not be empty;`);
  const bytes = Buffer.byteLength(text);
  if (bytes > maxExpressionBytes)
    throw validationError(
      `Invalid ${kind}: Expression size has exceeded the maximum allowed size; expression size: ${bytes}`,
    );
  try {
    if (kind === 'UpdateExpression' || kind === 'ProjectionExpression')
      return parseWithGrammar(kind, text, bindings) as Parsed<Kind>;
    return parseCondition(text, bindings) as Parsed<Kind>;
  } catch (error) {
    const { name, message } = error as Error;
    throw validationError(`Invalid ${kind}: ${name === 'SyntaxError' ? `Syntax error; ${message}` : message}`);
  }
}

function parseWithGrammar<Kind extends 'UpdateExpression' | 'ProjectionExpression'>(
  kind: Kind,
  text: string,
  { names, values }: Bindings,
): Parsed<Kind> {
  // The grammars let names start with an underscore; AWS does not.
  const underscored = /(?<![\w#:])_\w*/.exec(text);
  if (underscored !== null) throw syntaxError(text, underscored.index, '_');
  const unusedAttrNames = marks(names);
  const unusedAttrVals = marks(values);
  const context = {
    attrNames: names,
    attrVals: standIns(values),
    unusedAttrNames,
    unusedAttrVals,
    isReserved: isReservedWord,
  };
  const result = parsers[kind].parse(text, { context });
  if (typeof result === 'string') throw new Error(result);
  const tree = result as ParsedByKind[Kind];
  for (const path of tree.paths) checkPath(path);
  return {
    tree,
    usedNames: Object.keys(names).filter((name) => !(name in unusedAttrNames)),
    usedValues: Object.keys(values).filter((name) => !(name in unusedAttrVals)),
    bounds: [],
  };
}

function marks(entries: object): Record<string, true> {
  return Object.assign(Object.create(null), Object.fromEntries(Object.keys(entries).map((key) => [key, true])));
}

function standIns(values: Record<string, AttributeValue>): object {
  const result = Object.create(null);
  for (const name of Object.keys(values)) {
    const type = typeOf(values[name]!);
    result[name] = { ref: name, [type]: values[name]![type] };
  }
  return result;
}
