/**
 * A rule's statement, compiled: does a message pass, and what goes out to the actions.
 */
import type { Statement } from './ast.ts';
import { payloadScope } from './compiler.ts';
import { SqlSyntaxError } from './lexer.ts';
import type { RuleMessage } from './message.ts';
import { parseStatement } from './parser.ts';
import { compileSelection } from './selection.ts';

/** What the actions of a rule receive: JSON text, or the bytes of a payload that is not JSON. */
export type Outgoing = string | Buffer;

/** The message passed the WHERE clause but the SELECT clause cannot make a payload of it. */
export class SelectError extends Error {
  override readonly name = 'SelectError';
}

export interface RuleStatement {
  readonly topicFilter: string | undefined;
  /** The outgoing payload, or undefined when the WHERE clause does not hold. @throws SelectError */
  evaluate(message: RuleMessage): Outgoing | undefined;
}

export function compileStatement(sql: string): RuleStatement {
  const statement = parseStatement(sql);
  if (statement.topicFilter !== undefined) checkFilter(statement.topicFilter);
  const { matches, project } = compileSelection(statement);
  const whole = selectsWholePayload(statement);
  const starred = statement.items.some(({ expression }) => expression === '*');
  return {
    topicFilter: statement.topicFilter,
    evaluate(message) {
      const scope = payloadScope(message);
      if (!matches(message, scope)) return undefined;
      // The bytes as they came: numbers keep every digit, and a payload that is not JSON stays binary.
      if (whole) return message.document === undefined ? message.facts.payload : message.facts.payload.toString('utf8');
      if (starred && message.document === undefined)
        throw new SelectError('The payload is not JSON, so SELECT * cannot be joined with other columns');
      // "Undefined is converted to an empty string when serialized by itself" (data types).
      return JSON.stringify(project(message, scope)) ?? '';
    },
  };
}

/** `SELECT *` and `SELECT VALUE *`. @see https://docs.aws.amazon.com/iot/latest/developerguide/binary-payloads.html */
function selectsWholePayload({ items }: Statement): boolean {
  return items.length === 1 && items[0]!.expression === '*';
}

function checkFilter(filter: string): void {
  const levels = filter.split('/');
  const broken = levels.some(
    (level, index) =>
      (level.includes('#') && (level !== '#' || index < levels.length - 1)) || (level.includes('+') && level !== '+'),
  );
  if (filter === '' || broken) throw new SqlSyntaxError(`"${filter}" is not a topic filter`, 0);
}
