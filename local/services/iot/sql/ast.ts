/** The shape of a parsed AWS IoT SQL statement. */
export type BinaryOperator = 'AND' | 'OR' | '=' | '<>' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%' | 'IN';

export type Expression =
  | { kind: 'literal'; value: string | number | boolean | null }
  | { kind: 'field'; name: string }
  | { kind: 'member'; of: Expression; name: string }
  | { kind: 'payload' } // `*` as an argument, e.g. encode(*, 'base64')
  | { kind: 'call'; name: string; arguments: Expression[]; position: number }
  | { kind: 'cast'; value: Expression; type: string }
  | { kind: 'not'; operand: Expression }
  | { kind: 'negate'; operand: Expression }
  | { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression }
  | {
      kind: 'case';
      value: Expression;
      branches: { when: Expression; result: Expression }[];
      otherwise: Expression | undefined;
    }
  | { kind: 'object'; entries: { key: string; value: Expression }[] }
  | { kind: 'array'; items: Expression[] }
  | { kind: 'query'; query: NestedQuery }
  | { kind: 'exists'; query: NestedQuery };

export interface SelectItem {
  /** `*`, or an expression with the path its value takes in the outgoing payload. */
  expression: Expression | '*';
  /** Path of keys in the output; one key unless the alias is dotted. Empty for `*` and VALUE. */
  output: string[];
}

export interface Selection {
  items: SelectItem[];
  /** SELECT VALUE: the outgoing payload is the value itself. */
  value: boolean;
  where: Expression | undefined;
}

/** A SELECT over an array or object inside the payload. @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-nested-queries.html */
export interface NestedQuery extends Selection {
  from: Expression;
  alias: string | undefined;
}

export interface Statement extends Selection {
  /** The topic filter; undefined for a rule that is reached by Basic Ingest alone. */
  topicFilter: string | undefined;
}
