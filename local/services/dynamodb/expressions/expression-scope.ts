/** The names and values of one request: binds expressions to them and finds those that no expression uses. */
import { serializationError, validationError } from '../errors.ts';
import { type AttributeValue, attributeOf, emptyItem, typeOf } from '../values/attribute-value.ts';
import { compareValues } from '../values/compare-values.ts';
import { normalizeValue } from '../values/normalize-value.ts';
import { shownValue } from './condition-checks.ts';
import { type Bindings, type Parsed, parseExpression } from './parse-expression.ts';
import type { ExpressionKind, ParsedByKind } from './syntax-tree.ts';

/** The part of a request that holds expressions. */
export interface ExpressionRequest {
  ExpressionAttributeNames?: unknown;
  ExpressionAttributeValues?: unknown;
  [member: string]: unknown;
}

export class ExpressionScope {
  readonly values: Record<string, AttributeValue>;
  readonly #bindings: Bindings;
  readonly #request: ExpressionRequest;
  readonly #usedNames = new Set<string>();
  readonly #usedValues = new Set<string>();

  /** @param kinds the expressions that this operation knows */
  constructor(request: ExpressionRequest, kinds: readonly ExpressionKind[]) {
    this.#request = request;
    const given = kinds.filter((kind) => isGiven(request[kind]));
    if (isGiven(request.ExpressionAttributeNames) && given.length === 0)
      throw validationError('ExpressionAttributeNames can only be specified when using expressions');
    const valueKinds = kinds.filter((kind) => kind !== 'ProjectionExpression');
    if (isGiven(request.ExpressionAttributeValues) && !valueKinds.some((kind) => given.includes(kind)))
      throw validationError(
        `ExpressionAttributeValues can only be specified when using expressions: ${valueKinds.join(' and ')} ${valueKinds.length > 1 ? 'are' : 'is'} null`,
      );
    const names = namesOf(request.ExpressionAttributeNames);
    this.values = valuesOf(request.ExpressionAttributeValues);
    this.#bindings = { names, values: this.values, signature: signatureOf(names, this.values) };
  }

  /** The parsed expression of that kind, if the request has one. */
  parse<Kind extends ExpressionKind>(kind: Kind): ParsedByKind[Kind] | undefined {
    const text = this.#request[kind];
    if (!isGiven(text)) return undefined;
    if (typeof text !== 'string') throw serializationError(`${kind} must be a string`);
    const parsed: Parsed<Kind> = parseExpression(kind, text, this.#bindings);
    for (const [lower, upper] of parsed.bounds) this.#checkBounds(kind, lower, upper);
    for (const name of parsed.usedNames) this.#usedNames.add(name);
    for (const name of parsed.usedValues) this.#usedValues.add(name);
    return parsed.tree;
  }

  /** Call after the last `parse`. Throws for names and values that no expression used. */
  finish(): this {
    const unusedNames = Object.keys(this.#bindings.names).filter((name) => !this.#usedNames.has(name));
    if (unusedNames.length > 0)
      throw validationError(
        `Value provided in ExpressionAttributeNames unused in expressions: keys: {${unusedNames.join(', ')}}`,
      );
    const unusedValues = Object.keys(this.values).filter((name) => !this.#usedValues.has(name));
    if (unusedValues.length > 0)
      throw validationError(
        `Value provided in ExpressionAttributeValues unused in expressions: keys: {${unusedValues.join(', ')}}`,
      );
    return this;
  }

  #checkBounds(kind: ExpressionKind, lowerName: string, upperName: string): void {
    const lower = this.values[lowerName]!;
    const upper = this.values[upperName]!;
    if ((compareValues(lower, upper) ?? 0) <= 0) return;
    throw validationError(
      `Invalid ${kind}: The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ` +
        `lower bound operand: AttributeValue: ${shownValue(lower)}, upper bound operand: AttributeValue: ${shownValue(upper)}`,
    );
  }
}

function isGiven(member: unknown): boolean {
  return member !== undefined && member !== null;
}

function namesOf(input: unknown): Record<string, string> {
  const names: Record<string, string> = Object.create(null);
  if (!isGiven(input)) return names;
  const entries = Object.entries(input as Record<string, unknown>);
  if (entries.length === 0) throw validationError('ExpressionAttributeNames must not be empty');
  for (const [key, name] of entries) {
    if (!/^#[0-9a-zA-Z_]+$/.test(key))
      throw validationError(`ExpressionAttributeNames contains invalid key: Syntax error; key: "${key}"`);
    if (typeof name !== 'string') throw serializationError('ExpressionAttributeNames must map to strings');
    if (name === '')
      throw validationError(`ExpressionAttributeNames contains invalid value: Empty attribute name; key: ${key}`);
    names[key] = name;
  }
  return names;
}

function valuesOf(input: unknown): Record<string, AttributeValue> {
  const values = emptyItem();
  if (!isGiven(input)) return values;
  const keys = Object.keys(input as object);
  if (keys.length === 0) throw validationError('ExpressionAttributeValues must not be empty');
  for (const key of keys) {
    if (!/^:[0-9a-zA-Z_]+$/.test(key))
      throw validationError(`ExpressionAttributeValues contains invalid key: Syntax error; key: "${key}"`);
    try {
      values[key] = normalizeValue(attributeOf(input as Record<string, AttributeValue>, key));
    } catch (error) {
      if ((error as Error).name !== 'ValidationException') throw error;
      throw validationError(
        `ExpressionAttributeValues contains invalid value: ${(error as Error).message} for key ${key}`,
      );
    }
  }
  return values;
}

function signatureOf(names: Record<string, string>, values: Record<string, AttributeValue>): string {
  let signature = JSON.stringify(names);
  for (const name of Object.keys(values)) signature += `${name}${typeOf(values[name]!)}`;
  return signature;
}
