/**
 * Parses expressions with dynalite's grammars, whose diagnostics were checked against AWS, and remembers the result:
 * the same few expressions arrive with ever new values. The parsers bind values while they parse, so they get
 * stand-ins that carry only the type; checks that need the values are noted and made for each request.
 */
import { createRequire } from 'node:module';
import { validationError } from '../errors.ts';
import { type AttributeValue, typeOf } from '../values/attribute-value.ts';
import { isReservedWord } from './reserved-words.ts';
import type { ConditionNode, ExpressionKind, ParsedByKind, ValueReference } from './syntax-tree.ts';

interface Parser {
  parse(text: string, options: { context: object }): object | string;
}

const require = createRequire(import.meta.url);
const conditionParser = require('dynalite/db/conditionParser.js') as Parser;
const parsers: Record<ExpressionKind, Parser> = {
  ConditionExpression: conditionParser,
  FilterExpression: conditionParser,
  KeyConditionExpression: conditionParser,
  ProjectionExpression: require('dynalite/db/projectionParser.js') as Parser,
  UpdateExpression: require('dynalite/db/updateParser.js') as Parser,
};

/** "The maximum length of any expression string is 4 KB" (Constraints in Amazon DynamoDB, Expression parameters). */
const maxExpressionBytes = 4096;
/** "The maximum number of operators or functions allowed in an UpdateExpression is 300"; conditions have the same limit. */
const maxOperators = 300;
/** "The maximum number of operands for the IN comparator is 100." */
const maxInOperands = 100;
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

function parse<Kind extends ExpressionKind>(kind: Kind, text: string, { names, values }: Bindings): Parsed<Kind> {
  const fail = (reason: string) => validationError(`Invalid ${kind}: ${reason}`);
  if (text === '') throw fail('The expression can not be empty;');
  if (Buffer.byteLength(text) > maxExpressionBytes)
    throw fail(`Expression size has exceeded the maximum allowed size; expression size: ${Buffer.byteLength(text)}`);
  const bounds: [string, string][] = [];
  const unusedAttrNames = marks(names);
  const unusedAttrVals = marks(values);
  const context = {
    attrNames: names,
    attrVals: standIns(values),
    unusedAttrNames,
    unusedAttrVals,
    isReserved: isReservedWord,
    compare: (_operator: string, lower: ValueReference, upper: ValueReference) => {
      bounds.push([lower.ref, upper.ref]);
      return false;
    },
  };
  const tree = runParser(parsers[kind], text, context, fail);
  if ('expression' in tree) checkOperators(tree.expression as ConditionNode, fail);
  return {
    tree: tree as ParsedByKind[Kind],
    usedNames: Object.keys(names).filter((name) => !(name in unusedAttrNames)),
    usedValues: Object.keys(values).filter((name) => !(name in unusedAttrVals)),
    bounds,
  };
}

function runParser(parser: Parser, text: string, context: object, fail: (reason: string) => Error): object {
  let result: object | string;
  try {
    result = parser.parse(text, { context });
  } catch (error) {
    const { name, message } = error as Error;
    throw fail(name === 'SyntaxError' ? `Syntax error; ${message}` : message);
  }
  if (typeof result === 'string') throw fail(result);
  return result;
}

function checkOperators(root: ConditionNode, fail: (reason: string) => Error): void {
  let operators = 0;
  const open: object[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (!('args' in node) || !('type' in node)) continue;
    operators += 1;
    const args = node.args as object[];
    if (node.type === 'in' && args.length - 1 > maxInOperands)
      throw fail(`The IN operator is provided with too many operands; number of operands: ${args.length - 1}`);
    open.push(...args);
  }
  if (operators > maxOperators) throw fail(`The expression contains too many operators; operator count: ${operators}`);
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
