/**
 * Turns expressions into closures once, when the rule is created, so that a message costs calls
 * and no interpretation. Everything a rule cannot do locally is refused here, not at the first message.
 */
import type { Expression, NestedQuery } from './ast.ts';
import { FUNCTIONS } from './functions/index.ts';
import { SqlSyntaxError } from './lexer.ts';
import type { RuleMessage } from './message.ts';
import { equals, negate, not, OPERATIONS } from './operators.ts';
import { compileSelection } from './selection.ts';
import { CASTS, isObject, memberOf, type SqlValue } from './values.ts';

/** An expression ready to run. `scope` is the object whose members plain names mean: the payload, or an element in a nested query. */
export type Compiled = (message: RuleMessage, scope: () => SqlValue) => SqlValue;

/** The scope of a top-level expression. */
export const payloadScope = (message: RuleMessage) => (): SqlValue => message.document;

export function compileExpression(expression: Expression): Compiled {
  switch (expression.kind) {
    case 'literal': {
      const { value } = expression;
      return () => value;
    }
    case 'field': {
      const { name } = expression;
      return (_message, scope) => memberOf(scope(), name);
    }
    case 'member': {
      const { name } = expression;
      const of = compileExpression(expression.of);
      return (message, scope) => memberOf(of(message, scope), name);
    }
    case 'payload':
      return (message) => message.document ?? message.facts.payload;
    case 'call':
      return compileCall(expression);
    case 'cast':
      return compileCast(expression);
    case 'not': {
      const operand = compileExpression(expression.operand);
      return (message, scope) => not(operand(message, scope));
    }
    case 'negate': {
      const operand = compileExpression(expression.operand);
      return (message, scope) => negate(operand(message, scope));
    }
    case 'binary': {
      const apply = OPERATIONS[expression.operator];
      const left = compileExpression(expression.left);
      const right = compileExpression(expression.right);
      return (message, scope) => apply(left(message, scope), right(message, scope));
    }
    case 'case':
      return compileCase(expression);
    case 'object': {
      const entries = expression.entries.map(({ key, value }) => [key, compileExpression(value)] as const);
      return (message, scope) => Object.fromEntries(entries.map(([key, value]) => [key, value(message, scope)]));
    }
    case 'array': {
      const items = expression.items.map(compileExpression);
      return (message, scope) => items.map((item) => item(message, scope));
    }
    case 'query':
      return compileQuery(expression.query);
    case 'exists': {
      const query = compileQuery(expression.query);
      return (message, scope) => {
        const found = query(message, scope);
        return Array.isArray(found) ? found.length > 0 : found !== undefined;
      };
    }
  }
}

function compileCall({ name, arguments: list, position }: Extract<Expression, { kind: 'call' }>): Compiled {
  const definition = FUNCTIONS[name];
  if (definition === undefined) throw new SqlSyntaxError(`The local rules engine has no function ${name}()`, position);
  const { min, max } = definition;
  if (list.length < min || list.length > max)
    throw new SqlSyntaxError(`${name}() takes ${min === max ? min : `${min} to ${max}`} arguments`, position);
  return definition.compile(list, compileExpression);
}

function compileCast({ value, type }: Extract<Expression, { kind: 'cast' }>): Compiled {
  const cast = CASTS[type];
  if (cast === undefined) throw new SqlSyntaxError(`cast() knows no type "${type}"`, 0);
  const inner = compileExpression(value);
  return (message, scope) => cast(inner(message, scope));
}

/** @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-case.html */
function compileCase(expression: Extract<Expression, { kind: 'case' }>): Compiled {
  const value = compileExpression(expression.value);
  const branches = expression.branches.map(({ when, result }) => ({
    when: compileExpression(when),
    result: compileExpression(result),
  }));
  const otherwise = expression.otherwise && compileExpression(expression.otherwise);
  return (message, scope) => {
    const wanted = value(message, scope);
    if (wanted === undefined) return undefined;
    const branch = branches.find(({ when }) => equals(wanted, when(message, scope)) === true);
    return branch ? branch.result(message, scope) : otherwise?.(message, scope);
  };
}

/** Over an array the query gives an array, over an object one result. */
function compileQuery(query: NestedQuery): Compiled {
  const from = compileExpression(query.from);
  const { matches, project } = compileSelection(query, query.alias);
  return (message, scope) => {
    const source = from(message, scope);
    if (Array.isArray(source)) {
      const kept = source.filter((element) => matches(message, () => element));
      return kept.map((element) => project(message, () => element)).filter((value) => value !== undefined);
    }
    return isObject(source) && matches(message, () => source) ? project(message, () => source) : undefined;
  };
}
